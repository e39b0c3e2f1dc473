from ministack.services import rds

from tests.sdk import client, control
from tests.support import Resource
from tests.test_backup_points import BUCKET
from tests.test_backup_restores import RestoresTest
from tests.test_backup_vaults import ROLE, TABLE

AWAY = "arn:aws:backup:eu-central-1:111111111111:backup-vault:away"
SELECTION = {"SelectionName": "all", "IamRoleArn": ROLE, "Resources": ["*"]}


def when(operator: str, value: str) -> dict:
    return {"Conditions": {operator: [{"ConditionKey": "aws:ResourceTag/backup-tier", "ConditionValue": value}]}}


class Settings(RestoresTest):
    def test_a_fresh_region_protects_some_types_and_changes_are_merged(self) -> None:
        fresh = self.backup.describe_region_settings()
        opted_in = fresh["ResourceTypeOptInPreference"]
        self.assertEqual([name for name, on in opted_in.items() if on], ["Aurora", "DynamoDB", "EBS", "EC2", "RDS", "Redshift", "Storage Gateway"])
        self.assertEqual((len(opted_in), fresh["ResourceTypeManagementPreference"]), (17, {"DynamoDB": False, "EFS": False}))
        self.backup.update_region_settings(ResourceTypeOptInPreference={"S3": True})
        self.backup.update_region_settings(ResourceTypeOptInPreference={"EBS": False}, ResourceTypeManagementPreference={"DynamoDB": True})
        changed = self.backup.describe_region_settings()
        self.assertEqual(changed["ResourceTypeOptInPreference"], {**opted_in, "S3": True, "EBS": False})
        self.assertEqual(changed["ResourceTypeManagementPreference"], {"DynamoDB": True, "EFS": False})
        self.assertEqual(client("backup", region="eu-central-1").describe_region_settings()["ResourceTypeOptInPreference"], opted_in)

    def test_an_unknown_type_is_refused_and_changes_nothing(self) -> None:
        update = self.backup.update_region_settings
        self.assertIn("SQS", self.refused("InvalidParameterValueException", update, ResourceTypeOptInPreference={"S3": True, "SQS": True}))
        self.refused("InvalidParameterValueException", update, ResourceTypeManagementPreference={"S3": True})
        self.assertFalse(self.backup.describe_region_settings()["ResourceTypeOptInPreference"]["S3"])


class Plans(RestoresTest):
    def setUp(self) -> None:
        super().setUp()
        self.s3.put_bucket_tagging(Bucket="photos", Tagging={"TagSet": [{"Key": "backup-tier", "Value": "critical"}]})
        self.table("drafts", "low")

    def plan(self, *selections: dict, **rule: object) -> str:
        rules = [{"RuleName": "daily", "TargetBackupVault": "vault", **rule}]
        plan = Resource("AWS::Backup::BackupPlan", {"BackupPlan": {"BackupPlanName": "plan", "BackupPlanRule": rules}}).id
        for selection in selections:
            Resource("AWS::Backup::BackupSelection", {"BackupPlanId": plan, "BackupSelection": {**SELECTION, **selection}})
        return plan

    def run_plan(self, plan: str, **more: object) -> dict:
        return control("/_backup/run-plan", {"planId": plan, "ruleName": "daily", **more})

    def backed_up(self, *selections: dict) -> set[str]:
        jobs = self.run_plan(self.plan(*selections))["backupJobIds"]
        return {self.backup.describe_backup_job(BackupJobId=job)["ResourceArn"].replace(":", "/").split("/")[-1] for job in jobs}

    def test_resources_are_selected_by_the_tags_that_they_carry(self) -> None:
        self.backup.update_region_settings(ResourceTypeOptInPreference={"S3": True})
        none = {"Resources": []}
        for selection, found in (
            (when("StringEquals", "critical"), {"orders", "photos"}), (when("StringEquals", "high"), set()),
            (when("StringNotEquals", "critical"), {"drafts"}), (when("StringLike", "c*l"), {"orders", "photos"}),
            (when("StringNotLike", "c*"), {"drafts"}), ({"Resources": [TABLE]}, {"orders"}), ({"Resources": ["arn:aws:dynamodb:*"]}, {"orders", "drafts"}),
            ({"NotResources": [TABLE]}, {"drafts", "photos"}), (none, set()),
            ({**none, "ListOfTags": [{"ConditionType": "STRINGEQUALS", "ConditionKey": "backup-tier", "ConditionValue": "low"}]}, {"drafts"}),
            ({**when("StringEquals", "critical"), "Resources": ["arn:aws:dynamodb:*"]}, {"orders"}),
        ):
            self.assertEqual(self.backed_up(selection), found, selection)
        self.assertEqual(self.backed_up({"Resources": [TABLE]}, when("StringEquals", "critical")), {"orders", "photos"})

    def test_databases_are_selected_too(self) -> None:
        self.addCleanup(rds.reset)
        Resource("AWS::RDS::DBCluster", {
            "DBClusterIdentifier": "main", "Engine": "aurora-mysql", "MasterUsername": "u", "MasterUserPassword": "password",
            "Tags": [{"Key": "backup-tier", "Value": "high"}]})
        job, = self.run_plan(self.plan(when("StringEquals", "high"), EnableContinuousBackup=True))["backupJobIds"]
        described = self.backup.describe_backup_job(BackupJobId=job)
        self.assertEqual(described["ResourceType"], "Aurora")
        self.assertIn(":continuous:main-", described["RecoveryPointArn"])

    def test_types_that_the_region_has_not_opted_in_are_left_out_unless_they_are_named(self) -> None:
        self.assertEqual(self.backed_up(when("StringEquals", "critical")), {"orders"})
        self.assertEqual(self.backed_up({"Resources": ["arn:aws:s3:::*"]}), {"photos"})
        self.backup.update_region_settings(ResourceTypeOptInPreference={"S3": True})
        self.assertEqual(self.backed_up(when("StringEquals", "critical")), {"orders", "photos"})

    def test_recovery_points_name_plan_and_rule_and_are_copied(self) -> None:
        away = client("backup", region="eu-central-1")
        away.create_backup_vault(BackupVaultName="away")
        plan = self.plan(
            when("StringEquals", "low"), Lifecycle={"DeleteAfterDays": 35},
            CopyActions=[{"DestinationBackupVaultArn": AWAY, "Lifecycle": {"DeleteAfterDays": 90}}])
        ran = self.run_plan(plan)
        rule = self.backup.get_backup_plan(BackupPlanId=plan)
        point = self.backup.describe_recovery_point(BackupVaultName="vault", RecoveryPointArn=ran["recoveryPointArns"][0])
        created_by = {
            "BackupPlanId": plan, "BackupPlanArn": rule["BackupPlanArn"], "BackupPlanVersion": rule["VersionId"],
            "BackupRuleId": rule["BackupPlan"]["Rules"][0]["RuleId"], "BackupRuleName": "daily"}
        self.assertLessEqual(created_by.items(), point["CreatedBy"].items())
        self.assertEqual((point["Lifecycle"], point["IamRoleArn"]), ({"DeleteAfterDays": 35}, ROLE))
        copied, = away.list_recovery_points_by_backup_vault(BackupVaultName="away")["RecoveryPoints"]
        self.assertEqual((copied["Lifecycle"], copied["CreatedBy"]["BackupPlanId"]), ({"DeleteAfterDays": 90}, plan))
        self.assertEqual(self.backup.describe_copy_job(CopyJobId=ran["copyJobIds"][0])["CopyJob"]["DestinationRecoveryPointArn"], copied["RecoveryPointArn"])
        self.assertEqual(self.events("Backup Job State Change")[0]["createdBy"]["backupPlanId"], plan)

    def test_a_continuous_backup_goes_on_and_dynamodb_has_none(self) -> None:
        named = {"Resources": [TABLE, BUCKET]}
        plan = self.plan(named, EnableContinuousBackup=True)
        first, second = self.run_plan(plan)["recoveryPointArns"], self.run_plan(plan)["recoveryPointArns"]
        self.assertEqual(sorted(":continuous:" in each for each in first), [False, True])
        self.assertEqual(len({*first, *second}), 3)

    def test_a_run_can_fail(self) -> None:
        plan = self.plan(when("StringEquals", "low"), CopyActions=[{"DestinationBackupVaultArn": AWAY}])
        for outcome in ("FAILED", "EXPIRED"):
            ran = self.run_plan(plan, outcome=outcome)
            self.assertEqual((ran["recoveryPointArns"], ran["copyJobIds"]), ([], []))
            self.assertEqual(self.backup.describe_backup_job(BackupJobId=ran["backupJobIds"][0])["State"], outcome)
            self.assertEqual(self.events("Backup Job State Change")[-1]["state"], outcome)
        with self.assertRaisesRegex(ValueError, "has no rule hourly; it has daily"):
            control("/_backup/run-plan", {"planId": plan, "ruleName": "hourly"})
