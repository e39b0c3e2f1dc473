import time

from tests.sdk import client, control
from tests.support import Resource
from tests.test_backup import BackupTest
from tests.test_backup_points import BUCKET, PointsTest
from tests.test_backup_vaults import ROLE, TABLE

KEYS = {
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("id", "day")],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "GlobalSecondaryIndexes": [{
        "IndexName": "by-day", "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}], "Projection": {"ProjectionType": "ALL"}}],
}
ITEM = {"id": {"S": "1"}, "day": {"S": "today"}, "price": {"N": "7"}}
TESTING = {
    "RestoreTestingPlanName": "weekly", "ScheduleExpression": "cron(0 1 ? * SUN *)",
    "RecoveryPointSelection": {"Algorithm": "LATEST_WITHIN_WINDOW", "IncludeVaults": ["*"], "RecoveryPointTypes": ["SNAPSHOT"]},
}
TABLES = {
    "RestoreTestingSelectionName": "tables", "ProtectedResourceType": "DynamoDB", "IamRoleArn": ROLE, "ProtectedResourceArns": ["*"],
    "ProtectedResourceConditions": {"StringEquals": [{"Key": "aws:ResourceTag/backup-tier", "Value": "critical"}]},
}
DAY = 86_400


class RestoresTest(PointsTest):
    def setUp(self) -> None:
        super().setUp()
        self.dynamodb, self.s3 = client("dynamodb"), client("s3")
        self.table("orders", "critical")
        self.s3.create_bucket(Bucket="photos", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        self.s3.put_object(Bucket="photos", Key="a/b", Body=b"light", ContentType="image/png", Metadata={"by": "me"})

    def table(self, name: str, tier: str) -> None:
        tags = [{"Key": "backup-tier", "Value": tier}]
        self.dynamodb.create_table(TableName=name, BillingMode="PAY_PER_REQUEST", Tags=tags, **KEYS)
        self.dynamodb.put_item(TableName=name, Item=ITEM)

    def items(self, name: str) -> list[dict]:
        return self.dynamodb.scan(TableName=name)["Items"]

    def job(self, identity: str) -> dict:
        return self.backup.describe_restore_job(RestoreJobId=identity)


class Restores(RestoresTest):
    def restore(self, point: str, **metadata: str) -> dict:
        return self.job(self.backup.start_restore_job(RecoveryPointArn=point, IamRoleArn=ROLE, Metadata=metadata)["RestoreJobId"])

    def test_a_table_comes_back_with_its_schema_and_items(self) -> None:
        point = self.start()["RecoveryPointArn"]
        job = self.restore(point, targetTableName="restored")
        self.assertLessEqual({
            "Status": "COMPLETED", "RecoveryPointArn": point, "ResourceType": "DynamoDB", "IamRoleArn": ROLE,
            "CreatedResourceArn": "arn:aws:dynamodb:eu-west-1:111111111111:table/restored"}.items(), job.items())
        self.assertEqual(self.items("restored"), [ITEM])
        described = self.dynamodb.describe_table(TableName="restored")["Table"]
        self.assertEqual((described["KeySchema"], described["GlobalSecondaryIndexes"][0]["IndexName"]), (KEYS["KeySchema"], "by-day"))
        change = {"price": {"Value": {"N": "9"}}, "tags": {"Value": {"L": []}}}
        self.dynamodb.update_item(TableName="restored", Key={"id": ITEM["id"]}, AttributeUpdates=change)
        self.assertEqual(self.items("orders"), [ITEM])
        event, = self.events("Restore Job State Change")
        self.assertLessEqual({
            "restoreJobId": job["RestoreJobId"], "status": "COMPLETED", "resourceType": "DynamoDB", "iamRoleArn": ROLE,
            "recoveryPointArn": point, "createdResourceArn": job["CreatedResourceArn"], "backupSizeInBytes": job["BackupSizeInBytes"]}.items(), event.items())
        self.assertLessEqual({"creationDate", "completionDate"}, event.keys())
        self.assertNotIn("restoreTestingPlanArn", event)

    def test_a_bucket_comes_back_with_its_objects(self) -> None:
        point = self.start(BUCKET)["RecoveryPointArn"]
        self.assertEqual(self.restore(point, DestinationBucketName="restored", NewBucket="true")["CreatedResourceArn"], "arn:aws:s3:::restored")
        read = self.s3.get_object(Bucket="restored", Key="a/b")
        self.assertEqual((read["Body"].read(), read["ContentType"], read["Metadata"]), (b"light", "image/png", {"by": "me"}))
        self.s3.delete_object(Bucket="restored", Key="a/b")
        self.assertEqual(self.s3.list_objects_v2(Bucket="photos")["KeyCount"], 1)

    def test_of_other_types_there_is_an_arn(self) -> None:
        for source, created in (
            ("arn:aws:rds:eu-west-1:111111111111:cluster:main", r"^arn:aws:rds:eu-west-1:111111111111:cluster:awsbackup-restore-\w{8}$"),
            ("arn:aws:ec2:eu-west-1:111111111111:instance/i-0123", r"^arn:aws:ec2:eu-west-1:111111111111:instance/i-[0-9a-f]{17}$"),
        ):
            self.assertRegex(self.restore(self.start(source)["RecoveryPointArn"])["CreatedResourceArn"], created)

    def test_what_can_not_be_restored_is_told(self) -> None:
        point = self.start()["RecoveryPointArn"]
        self.assertIn("targetTableName", self.refused("InvalidParameterValueException", self.restore, point=point))
        self.refused("ResourceNotFoundException", self.restore, point="none", targetTableName="restored")
        job = self.restore(point, targetTableName="orders")
        self.assertEqual(job["Status"], "FAILED")
        self.assertIn("already exists", job["StatusMessage"])
        self.assertNotIn("CreatedResourceArn", job)
        self.dynamodb.delete_table(TableName="orders")
        self.assertIn("is gone", self.restore(point, targetTableName="restored")["StatusMessage"])
        self.assertEqual([each["status"] for each in self.events("Restore Job State Change")], ["FAILED", "FAILED"])
        self.assertEqual(len(self.backup.list_restore_jobs(ByStatus="FAILED")["RestoreJobs"]), 2)
        self.assertEqual(len(self.backup.list_restore_jobs_by_protected_resource(ResourceArn=TABLE)["RestoreJobs"]), 2)
        self.refused("InvalidRequestException", self.backup.put_restore_validation_result, RestoreJobId=job["RestoreJobId"], ValidationStatus="SUCCESSFUL")


class RestoreTests(RestoresTest):
    def setUp(self) -> None:
        super().setUp()
        self.plan = self.backup.create_restore_testing_plan(RestoreTestingPlan=TESTING)["RestoreTestingPlanArn"]
        self.backup.create_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelection=TABLES)

    def run_test(self, **more: object) -> list[dict]:
        return [self.job(each) for each in control("/_backup/run-restore-test", {"planName": "weekly", **more})["restoreJobIds"]]

    def test_the_newest_recovery_point_that_matches_is_restored_and_validated(self) -> None:
        self.table("drafts", "low")
        drafts = "arn:aws:dynamodb:eu-west-1:111111111111:table/drafts"
        _, newest, _, _ = self.plant(
            {"createdAt": time.time() - 3 * DAY}, {"createdAt": time.time() - 2 * DAY}, {"resourceArn": drafts}, {"status": "EXPIRED"})
        began = time.time()
        job, = self.run_test(seconds=90)
        self.assertEqual((job["Status"], job["RecoveryPointArn"], job["ValidationStatus"]), ("COMPLETED", newest, "VALIDATING"))
        self.assertEqual((job["CompletionDate"] - job["CreationDate"]).total_seconds(), 90)
        self.assertEqual(job["CreatedBy"], {"RestoreTestingPlanArn": self.plan})
        name = job["CreatedResourceArn"].split("/")[-1]
        self.assertRegex(name, "^awsbackup-restore-test-")
        self.assertEqual(self.items(name), [ITEM])
        self.assertEqual(self.events("Restore Job State Change")[0]["restoreTestingPlanArn"], self.plan)
        self.backup.put_restore_validation_result(RestoreJobId=job["RestoreJobId"], ValidationStatus="FAILED", ValidationStatusMessage="no orders")
        job = self.job(job["RestoreJobId"])
        self.assertEqual((job["ValidationStatus"], job["ValidationStatusMessage"]), ("FAILED", "no orders"))
        for filters, found in (
            ({"ByRestoreTestingPlanArn": self.plan}, 1), ({"ByRestoreTestingPlanArn": "none"}, 0), ({"ByStatus": "COMPLETED"}, 1),
            ({"ByCompleteAfter": began - 1}, 1), ({"ByCompleteAfter": began + 60}, 0), ({"ByCompleteBefore": began + 60}, 1),
            ({"ByCreatedAfter": began - 1}, 0),
        ):
            self.assertEqual(len(self.backup.list_restore_jobs(**filters)["RestoreJobs"]), found, filters)

    def test_it_can_bring_back_nothing_or_fail(self) -> None:
        self.plant({})
        job, = self.run_test(outcome="empty")
        self.assertEqual((job["Status"], self.items(job["CreatedResourceArn"].split("/")[-1])), ("COMPLETED", []))
        job, = self.run_test(outcome="FAILED")
        self.assertEqual((job["Status"], "CreatedResourceArn" in job, "ValidationStatus" in job), ("FAILED", False, False))
        event = self.events("Restore Job State Change")[-1]
        self.assertEqual((event["status"], event["restoreTestingPlanArn"]), ("FAILED", self.plan))

    def test_a_bucket_is_restored_from_a_continuous_recovery_point(self) -> None:
        selection = {"RestoreTestingSelectionName": "buckets", "ProtectedResourceType": "S3", "IamRoleArn": ROLE, "ProtectedResourceArns": [BUCKET]}
        self.backup.create_restore_testing_selection(RestoreTestingPlanName="weekly", RestoreTestingSelection=selection)
        self.s3.put_bucket_tagging(Bucket="photos", Tagging={"TagSet": [{"Key": "backup-tier", "Value": "critical"}]})
        self.plant(
            {"resourceArn": BUCKET, "resourceType": "S3", "continuous": True, "createdAt": time.time() - DAY},
            {"resourceArn": "arn:aws:s3:::other", "resourceType": "S3", "continuous": True})
        self.assertEqual(self.run_test(), [])
        self.backup.update_restore_testing_plan(RestoreTestingPlanName="weekly", RestoreTestingPlan={
            "RecoveryPointSelection": {**TESTING["RecoveryPointSelection"], "RecoveryPointTypes": ["SNAPSHOT", "CONTINUOUS"]}})
        for outcome, count in (("good", 1), ("empty", 0)):
            job, = self.run_test(outcome=outcome)
            self.assertEqual(self.s3.list_objects_v2(Bucket=job["CreatedResourceArn"].split(":")[-1])["KeyCount"], count)

    def test_only_the_vaults_and_the_window_of_the_plan_count(self) -> None:
        self.plant({"createdAt": time.time() - 20 * DAY})
        vault = self.backup.describe_backup_vault(BackupVaultName="vault")["BackupVaultArn"]
        for change, found in (
            ({}, 1), ({"SelectionWindowDays": 10}, 0), ({"IncludeVaults": [vault]}, 1), ({"IncludeVaults": [f"{vault}2"]}, 0), ({"ExcludeVaults": [vault]}, 0),
        ):
            self.backup.update_restore_testing_plan(RestoreTestingPlanName="weekly", RestoreTestingPlan={
                "RecoveryPointSelection": {"ExcludeVaults": [], "SelectionWindowDays": 30, **TESTING["RecoveryPointSelection"], **change}})
            self.assertEqual(len(self.run_test()), found, change)


class RestoreTestingTypes(BackupTest):
    PLAN, SELECTION = "AWS::Backup::RestoreTestingPlan", "AWS::Backup::RestoreTestingSelection"
    OF_PLAN = {"RestoreTestingPlanName": "weekly", **TABLES}

    def test_plan_and_selection_are_read_back_changed_and_removed(self) -> None:
        plan = Resource(self.PLAN, {**TESTING, "Tags": [{"Key": "a", "Value": "b"}], "StartWindowHours": 4})
        read = self.backup.get_restore_testing_plan(RestoreTestingPlanName="weekly")["RestoreTestingPlan"]
        self.assertLessEqual({**TESTING, "StartWindowHours": 4}.items(), read.items())
        self.assertEqual((plan.id, plan.attributes["RestoreTestingPlanArn"]), ("weekly", read["RestoreTestingPlanArn"]))
        selection = Resource(self.SELECTION, self.OF_PLAN)
        self.assertEqual(selection.id, "weekly|tables")
        get = {"RestoreTestingPlanName": "weekly", "RestoreTestingSelectionName": "tables"}
        self.assertLessEqual(self.OF_PLAN.items(), self.backup.get_restore_testing_selection(**get)["RestoreTestingSelection"].items())
        plan.update({**TESTING, "ScheduleExpression": "cron(0 2 ? * SUN *)"})
        read = self.backup.get_restore_testing_plan(RestoreTestingPlanName="weekly")["RestoreTestingPlan"]
        self.assertEqual((read["ScheduleExpression"], read["StartWindowHours"]), ("cron(0 2 ? * SUN *)", 24))
        one = {**self.OF_PLAN, "ProtectedResourceArns": [TABLE], "ValidationWindowHours": 2}
        del one["ProtectedResourceConditions"]
        selection.update(one)
        read = self.backup.get_restore_testing_selection(**get)["RestoreTestingSelection"]
        self.assertEqual((read["ProtectedResourceArns"], read["ValidationWindowHours"], "ProtectedResourceConditions" in read), ([TABLE], 2, False))
        self.assertEqual(len(self.backup.list_restore_testing_selections(RestoreTestingPlanName="weekly")["RestoreTestingSelections"]), 1)
        with self.assertRaisesRegex(ValueError, "must be deleted first"):
            plan.delete()
        selection.update({**one, "RestoreTestingSelectionName": "others"})
        self.refused("ResourceNotFoundException", self.backup.get_restore_testing_selection, **get)
        selection.delete()
        plan.update({**TESTING, "RestoreTestingPlanName": "monthly"})
        self.assertEqual([each["RestoreTestingPlanName"] for each in self.backup.list_restore_testing_plans()["RestoreTestingPlans"]], ["monthly"])
        plan.delete()
        self.assertEqual(self.backup.list_restore_testing_plans()["RestoreTestingPlans"], [])

    def test_what_aws_refuses_is_refused(self) -> None:
        chosen = TESTING["RecoveryPointSelection"]
        for change, reason in (
            ({"RestoreTestingPlanName": "with-hyphen"}, "RestoreTestingPlanName must satisfy"), ({"RestoreTestingPlanName": "a" * 51}, "at most 50"),
            ({"StartWindowHours": 169}, "StartWindowHours"), ({"RecoveryPointSelection": {**chosen, "SelectionWindowDays": 366}}, "SelectionWindowDays"),
            ({"RecoveryPointSelection": {**chosen, "IncludeVaults": []}}, "IncludeVaults"),
        ):
            with self.assertRaisesRegex(ValueError, reason):
                Resource(self.PLAN, {**TESTING, **change})
        with self.assertRaisesRegex(ValueError, "not found"):
            Resource(self.SELECTION, self.OF_PLAN)
        Resource(self.PLAN, TESTING)
        self.refused("AlreadyExistsException", self.backup.create_restore_testing_plan, RestoreTestingPlan=TESTING)
        for change, reason in (
            ({"RestoreTestingSelectionName": "with-hyphen"}, "RestoreTestingSelectionName must satisfy"), ({"ProtectedResourceType": "SQS"}, "Type"),
            ({"ValidationWindowHours": 169}, "ValidationWindowHours"), ({"ProtectedResourceArns": [TABLE]}, "Conditions can only"),
            ({"ProtectedResourceArns": [], "ProtectedResourceConditions": {}}, "needs"),
        ):
            with self.assertRaisesRegex(ValueError, reason):
                Resource(self.SELECTION, {**self.OF_PLAN, **change})
        self.assertEqual(self.backup.list_restore_testing_selections(RestoreTestingPlanName="weekly")["RestoreTestingSelections"], [])
