import json
import time
import unittest
import uuid

import botocore.session
from ministack import app as emulator
from ministack.core import iam_actions
from ministack.services import backup, iam, s3

from tests.sdk import ACCOUNT, REGION, client, control
from tests.test_backup_restores import TESTING

TRUST = {"Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
VAULT = f"arn:aws:backup:{REGION}:{ACCOUNT}:backup-vault:vault"
TABLE = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/orders"


class Actions(unittest.TestCase):
    def test_each_operation_is_judged_as_the_action_of_its_name(self) -> None:
        model = botocore.session.get_session().get_service_model("backup")
        wrong = {}
        for name in model.operation_names:
            http = model.operation_model(name).http
            path, _, query = http["requestUri"].partition("?")
            for label in ("thing", "arn:aws:dynamodb:eu-west-1:111111111111:table/orders"):
                filled = "/".join(label if word.startswith("{") else word for word in path.split("/"))
                action = iam_actions.extract_iam_action("backup", http["method"], filled, {}, b"", {query: [""]} if query else {})
                if action != f"backup:{name}":
                    wrong[name, label] = action
        self.assertEqual(wrong, {})


class Enforced(unittest.TestCase):
    def setUp(self) -> None:
        backup.reset()
        iam.reset()
        client("backup").create_backup_vault(BackupVaultName="vault")
        self.addCleanup(setattr, emulator, "AUTH", False)

    def backup(self, resource: str, *actions: str):
        """A client of a role that may do this on this resource and nothing else."""
        name = f"role-{uuid.uuid4().hex[:8]}"
        root = client("iam")
        role = root.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
        statement = {"Effect": "Allow", "Action": [f"backup:{action}" for action in actions], "Resource": resource}
        root.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=json.dumps({"Statement": [statement]}))
        session = client("sts").assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
        emulator.AUTH = True
        return client("backup", credentials=session)

    def denied(self, action: str, call, **parameters) -> None:
        with self.assertRaisesRegex(Exception, f"AccessDenied.*backup:{action}"):
            call(**parameters)

    def test_a_role_may_do_what_its_policy_names_on_any_resource(self) -> None:
        role = self.backup("*", "DescribeRegionSettings", "ListRestoreJobs", "ListProtectedResources", "UpdateRegionSettings")
        role.describe_region_settings()
        role.update_region_settings(ResourceTypeOptInPreference={"S3": True})
        role.list_restore_jobs()
        role.list_protected_resources()
        self.denied("ListRecoveryPointsByBackupVault", role.list_recovery_points_by_backup_vault, BackupVaultName="vault")
        self.denied("DescribeRestoreJob", role.describe_restore_job, RestoreJobId="j")
        self.denied("PutRestoreValidationResult", role.put_restore_validation_result, RestoreJobId="j", ValidationStatus="SUCCESSFUL")
        self.denied("ListRecoveryPointsByResource", role.list_recovery_points_by_resource, ResourceArn=TABLE)
        self.denied("GetBackupVaultNotifications", role.get_backup_vault_notifications, BackupVaultName="vault")
        self.denied("StartBackupJob", role.start_backup_job, BackupVaultName="vault", ResourceArn=TABLE, IamRoleArn=TABLE)

    def test_a_vault_that_is_named_in_the_path_is_the_resource(self) -> None:
        role = self.backup(VAULT, "ListRecoveryPointsByBackupVault", "StartBackupJob", "DescribeRecoveryPoint")
        self.assertEqual(role.list_recovery_points_by_backup_vault(BackupVaultName="vault")["RecoveryPoints"], [])
        point = role.start_backup_job(BackupVaultName="vault", ResourceArn=TABLE, IamRoleArn=TABLE)["RecoveryPointArn"]
        self.denied("ListRecoveryPointsByBackupVault", role.list_recovery_points_by_backup_vault, BackupVaultName="other")
        self.denied("DescribeRecoveryPoint", role.describe_recovery_point, BackupVaultName="vault", RecoveryPointArn=point)
        emulator.AUTH = False
        self.backup(point, "DescribeRecoveryPoint").describe_recovery_point(BackupVaultName="vault", RecoveryPointArn=point)

    def test_plans_frameworks_and_reports_are_resources(self) -> None:
        root = client("backup")
        testing = root.create_restore_testing_plan(RestoreTestingPlan=TESTING)["RestoreTestingPlanArn"]
        framework = root.create_framework(FrameworkName="audit", FrameworkControls=[{"ControlName": "c"}])["FrameworkArn"]
        report = root.create_report_plan(ReportPlanName="report", ReportDeliveryChannel={"S3BucketName": "b"}, ReportSetting={"ReportTemplate": "t"})["ReportPlanArn"]
        plan = root.create_backup_plan(BackupPlan={"BackupPlanName": "p", "Rules": []})
        for resource, action, call, parameters in (
            (testing, "GetRestoreTestingPlan", "get_restore_testing_plan", {"RestoreTestingPlanName": "weekly"}),
            (framework, "DescribeFramework", "describe_framework", {"FrameworkName": "audit"}),
            (report, "DescribeReportPlan", "describe_report_plan", {"ReportPlanName": "report"}),
            (plan["BackupPlanArn"], "GetBackupPlan", "get_backup_plan", {"BackupPlanId": plan["BackupPlanId"]}),
        ):
            emulator.AUTH = False
            getattr(self.backup(resource, action), call)(**parameters)
            emulator.AUTH = False
            self.denied(action, getattr(self.backup(VAULT, action), call), **parameters)

    def test_control_routes_restore_though_iam_is_enforced(self) -> None:
        s3.reset()
        client("s3").create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": REGION})
        client("s3").put_object(Bucket="photos", Key="a", Body=b"light")
        client("backup").create_restore_testing_plan(RestoreTestingPlan=TESTING)
        client("backup").create_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelection={
            "RestoreTestingSelectionName": "all", "ProtectedResourceType": "S3", "IamRoleArn": TABLE, "ProtectedResourceArns": ["*"]})
        emulator.AUTH = True
        control("/_backup/recovery-points", [
            {"vault": "vault", "resourceArn": "arn:aws:s3:::photos", "resourceType": "S3", "createdAt": time.time()}])
        identity, = control("/_backup/run-restore-test", {"planName": "weekly"})["restoreJobIds"]
        emulator.AUTH = False
        job = client("backup").describe_restore_job(RestoreJobId=identity)
        self.assertEqual(job["Status"], "COMPLETED")
        self.assertEqual(client("s3").list_objects_v2(Bucket=job["CreatedResourceArn"].split(":")[-1])["KeyCount"], 1)
