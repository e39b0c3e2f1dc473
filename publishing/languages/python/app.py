"""A shop whose orders are backed up: publishing/languages/shop.ts in Python."""

from aws_cdk import App, CfnOutput, Duration, Environment, Stack
from aws_cdk.aws_dynamodb import Attribute, AttributeType, TableV2
from cdk_resilience import BackupCopy, BackupResourceType, BackupTier, RecoveryObjectives, TaggedBackupPlan

IRELAND = Environment(account="111111111111", region="eu-west-1")

app = App()
stack = Stack(app, "Shop", env=IRELAND)
orders = TableV2(stack, "Orders", partition_key=Attribute(name="orderId", type=AttributeType.STRING))

backups = TaggedBackupPlan(
    stack,
    "Backups",
    tiers=[
        BackupTier.critical(copy_to=BackupCopy.to_region("eu-central-1", keep_for=Duration.days(400))),
        BackupTier.of("ledger", objectives=RecoveryObjectives.of(rto=Duration.hours(8), rpo=Duration.hours(4))),
    ],
    opt_in=[BackupResourceType.DYNAMODB],
)
backups.protect(orders, "critical")

CfnOutput(stack, "Vault", value=backups.vault.backup_vault_name)
CfnOutput(stack, "CopyVault", value=backups.copy_stacks["eu-central-1"].vault.backup_vault_name)

app.synth()

# What can not be built is refused with an exception that says everything that is wrong.
try:
    TaggedBackupPlan(
        Stack(App(), "Shop", env=IRELAND),
        "Backups",
        tiers=[
            BackupTier.critical(copy_to=BackupCopy.to_region("eu-west-1")),
            BackupTier.of("orders", objectives=RecoveryObjectives.of(rto=Duration.hours(4), rpo=Duration.minutes(1))),
        ],
    )
except RuntimeError as error:
    print(error)
