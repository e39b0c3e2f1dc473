package com.example.shop;

import com.example.cdkresilience.BackupCopy;
import com.example.cdkresilience.BackupCopyOptions;
import com.example.cdkresilience.BackupResourceType;
import com.example.cdkresilience.BackupTier;
import com.example.cdkresilience.BackupTierOptions;
import com.example.cdkresilience.BackupTierPresetOptions;
import com.example.cdkresilience.RecoveryObjectives;
import com.example.cdkresilience.RecoveryObjectivesOptions;
import com.example.cdkresilience.TaggedBackupPlan;
import java.util.List;
import software.amazon.awscdk.App;
import software.amazon.awscdk.CfnOutput;
import software.amazon.awscdk.Duration;
import software.amazon.awscdk.Environment;
import software.amazon.awscdk.Stack;
import software.amazon.awscdk.StackProps;
import software.amazon.awscdk.services.dynamodb.Attribute;
import software.amazon.awscdk.services.dynamodb.AttributeType;
import software.amazon.awscdk.services.dynamodb.TableV2;
import software.amazon.jsii.JsiiException;

/** A shop whose orders are backed up: publishing/languages/shop.ts in Java. */
public final class ShopApp {
    private ShopApp() {}

    public static void main(final String[] args) {
        final App app = new App();
        final Stack stack = shop(app);
        final TableV2 orders = TableV2.Builder.create(stack, "Orders")
            .partitionKey(Attribute.builder().name("orderId").type(AttributeType.STRING).build())
            .build();

        final TaggedBackupPlan backups = TaggedBackupPlan.Builder.create(stack, "Backups")
            .tiers(List.of(
                BackupTier.critical(BackupTierPresetOptions.builder()
                    .copyTo(BackupCopy.toRegion("eu-central-1", BackupCopyOptions.builder().keepFor(Duration.days(400)).build()))
                    .build()),
                tier("ledger", Duration.hours(8), Duration.hours(4))))
            .optIn(List.of(BackupResourceType.DYNAMODB))
            .build();
        backups.protect(orders, "critical");

        CfnOutput.Builder.create(stack, "Vault").value(backups.getVault().getBackupVaultName()).build();
        CfnOutput.Builder.create(stack, "CopyVault")
            .value(backups.getCopyStacks().get("eu-central-1").getVault().getBackupVaultName())
            .build();

        app.synth();

        // What can not be built is refused with an exception that says everything that is wrong.
        try {
            TaggedBackupPlan.Builder.create(shop(new App()), "Backups")
                .tiers(List.of(
                    BackupTier.critical(BackupTierPresetOptions.builder().copyTo(BackupCopy.toRegion("eu-west-1")).build()),
                    tier("orders", Duration.hours(4), Duration.minutes(1))))
                .build();
        } catch (final JsiiException error) {
            System.out.println(error.getMessage());
        }
    }

    private static Stack shop(final App app) {
        final Environment ireland = Environment.builder().account("111111111111").region("eu-west-1").build();
        return new Stack(app, "Shop", StackProps.builder().env(ireland).build());
    }

    private static BackupTier tier(final String name, final Duration rto, final Duration rpo) {
        return BackupTier.of(name, BackupTierOptions.builder()
            .objectives(RecoveryObjectives.of(RecoveryObjectivesOptions.builder().rto(rto).rpo(rpo).build()))
            .build());
    }
}
