// Command shop is publishing/languages/shop.ts in Go: a shop whose orders are backed up.
package main

import (
	"fmt"

	"example.com/cdk-resilience-go/cdkresilience"
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/jsii-runtime-go"
)

func main() {
	defer jsii.Close()
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Shop"), &awscdk.StackProps{Env: ireland()})
	orders := awsdynamodb.NewTableV2(stack, jsii.String("Orders"), &awsdynamodb.TablePropsV2{
		PartitionKey: &awsdynamodb.Attribute{Name: jsii.String("orderId"), Type: awsdynamodb.AttributeType_STRING},
	})

	backups := cdkresilience.NewTaggedBackupPlan(stack, jsii.String("Backups"), &cdkresilience.TaggedBackupPlanProps{
		Tiers: &[]cdkresilience.BackupTier{
			cdkresilience.BackupTier_Critical(&cdkresilience.BackupTierPresetOptions{
				CopyTo: cdkresilience.BackupCopy_ToRegion(jsii.String("eu-central-1"), &cdkresilience.BackupCopyOptions{
					KeepFor: awscdk.Duration_Days(jsii.Number(400)),
				}),
			}),
			cdkresilience.BackupTier_Of(jsii.String("ledger"), &cdkresilience.BackupTierOptions{
				Objectives: objectives(awscdk.Duration_Hours(jsii.Number(8)), awscdk.Duration_Hours(jsii.Number(4))),
			}),
		},
		OptIn: &[]cdkresilience.BackupResourceType{cdkresilience.BackupResourceType_DYNAMODB()},
	})
	backups.Protect(orders, jsii.String("critical"))

	awscdk.NewCfnOutput(stack, jsii.String("Vault"), &awscdk.CfnOutputProps{Value: backups.Vault().BackupVaultName()})
	copyStack := (*backups.CopyStacks())["eu-central-1"]
	awscdk.NewCfnOutput(stack, jsii.String("CopyVault"), &awscdk.CfnOutputProps{Value: copyStack.Vault().BackupVaultName()})

	app.Synth(nil)
	fmt.Println(refusal())
}

// refusal builds what can not be built. In Go the error is a panic, which says everything that is wrong.
func refusal() (message any) {
	defer func() { message = recover() }()
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), &awscdk.StackProps{Env: ireland()})
	cdkresilience.NewTaggedBackupPlan(stack, jsii.String("Backups"), &cdkresilience.TaggedBackupPlanProps{
		Tiers: &[]cdkresilience.BackupTier{
			cdkresilience.BackupTier_Critical(&cdkresilience.BackupTierPresetOptions{
				CopyTo: cdkresilience.BackupCopy_ToRegion(jsii.String("eu-west-1"), nil),
			}),
			cdkresilience.BackupTier_Of(jsii.String("orders"), &cdkresilience.BackupTierOptions{
				Objectives: objectives(awscdk.Duration_Hours(jsii.Number(4)), awscdk.Duration_Minutes(jsii.Number(1))),
			}),
		},
	})
	return nil
}

func ireland() *awscdk.Environment {
	return &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("eu-west-1")}
}

func objectives(rto, rpo awscdk.Duration) cdkresilience.RecoveryObjectives {
	return cdkresilience.RecoveryObjectives_Of(&cdkresilience.RecoveryObjectivesOptions{Rto: rto, Rpo: rpo})
}
