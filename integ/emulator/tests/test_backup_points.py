import json
import time

from ministack.services import dynamodb, eventbridge, s3, sns, sqs

from tests.sdk import client, control
from tests.test_backup import BackupTest
from tests.test_backup_vaults import POLICY, ROLE, TABLE

OTHER = "arn:aws:dynamodb:eu-west-1:111111111111:table/other"
BUCKET = "arn:aws:s3:::photos"
DENIED = {"Effect": "Deny", "Principal": "*", "Action": ["backup:DeleteRecoveryPoint"], "Resource": "*"}


class PointsTest(BackupTest):
    def setUp(self) -> None:
        super().setUp()
        for service in (dynamodb, eventbridge, s3, sns, sqs):
            service.reset()
        self.backup.create_backup_vault(BackupVaultName="vault", EncryptionKeyArn="arn:aws:kms:eu-west-1:111111111111:key/k")

    def start(self, resource: str = TABLE, **more) -> dict:
        return self.backup.start_backup_job(BackupVaultName="vault", ResourceArn=resource, IamRoleArn=ROLE, **more)

    def plant(self, *points: dict) -> list[str]:
        defaults = {"vault": "vault", "resourceArn": TABLE, "resourceType": "DynamoDB", "createdAt": time.time()}
        return control("/_backup/recovery-points", [{**defaults, **point} for point in points])["recoveryPointArns"]

    def points(self, **filters) -> list[str]:
        return [each["RecoveryPointArn"] for each in self.backup.list_recovery_points_by_backup_vault(BackupVaultName="vault", **filters)["RecoveryPoints"]]

    def events(self, detail_type: str) -> list[dict]:
        """The details of what was put on the bus since the test began."""
        return [json.loads(each["Detail"]) for each in eventbridge._events_log_list() if each["DetailType"] == detail_type]


class Points(PointsTest):
    def test_a_backup_job_makes_a_recovery_point(self) -> None:
        job = self.start(Lifecycle={"DeleteAfterDays": 35})
        described = self.backup.describe_backup_job(BackupJobId=job["BackupJobId"])
        self.assertEqual((described["State"], described["RecoveryPointArn"]), ("COMPLETED", job["RecoveryPointArn"]))
        self.assertEqual([each["BackupJobId"] for each in self.backup.list_backup_jobs(ByState="COMPLETED")["BackupJobs"]], [job["BackupJobId"]])
        self.assertEqual(self.backup.list_backup_jobs(ByState="FAILED")["BackupJobs"], [])
        point = self.backup.describe_recovery_point(BackupVaultName="vault", RecoveryPointArn=job["RecoveryPointArn"])
        expected = {
            "ResourceArn": TABLE, "ResourceType": "DynamoDB", "Status": "COMPLETED", "Lifecycle": {"DeleteAfterDays": 35},
            "EncryptionKeyArn": "arn:aws:kms:eu-west-1:111111111111:key/k", "IamRoleArn": ROLE}
        self.assertLessEqual(expected.items(), point.items())
        self.assertAlmostEqual(point["CreationDate"].timestamp(), time.time(), delta=60)
        self.assertEqual(point["CreationDate"], point["CompletionDate"])
        self.assertEqual((point["CalculatedLifecycle"]["DeleteAt"] - point["CreationDate"]).days, 35)
        event, = self.events("Backup Job State Change")
        self.assertLessEqual({
            "backupJobId": job["BackupJobId"], "backupVaultName": "vault", "backupVaultArn": point["BackupVaultArn"], "state": "COMPLETED",
            "recoveryPointArn": job["RecoveryPointArn"], "resourceArn": TABLE, "resourceType": "DynamoDB", "iamRoleArn": ROLE}.items(), event.items())
        self.assertRegex(event["creationDate"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        event, = self.events("Recovery Point State Change")
        self.assertEqual((event["status"], event["recoveryPointArn"]), ("COMPLETED", job["RecoveryPointArn"]))

    def test_what_can_not_be_backed_up_is_refused(self) -> None:
        self.refused("InvalidParameterValueException", self.start, resource="arn:aws:sqs:eu-west-1:111111111111:q")
        self.refused("ResourceNotFoundException", self.backup.start_backup_job, BackupVaultName="none", ResourceArn=TABLE, IamRoleArn=ROLE)

    def test_recovery_points_of_a_vault_come_in_pages_and_by_filters(self) -> None:
        day = 86_400
        old, bucket, new = self.plant(
            {"createdAt": time.time() - 9 * day}, {"createdAt": time.time() - 5 * day, "resourceArn": BUCKET, "resourceType": "S3"}, {})
        for filters, found in (
            ({}, [old, bucket, new]), ({"ByResourceArn": TABLE}, [old, new]), ({"ByResourceType": "S3"}, [bucket]),
            ({"ByCreatedAfter": time.time() - 7 * day}, [bucket, new]), ({"ByCreatedBefore": time.time() - 3 * day}, [old, bucket]),
        ):
            self.assertEqual(self.points(**filters), found, filters)
        first = self.backup.list_recovery_points_by_backup_vault(BackupVaultName="vault", MaxResults=2)
        self.assertEqual([each["RecoveryPointArn"] for each in first["RecoveryPoints"]], [old, bucket])
        self.assertEqual(self.points(MaxResults=2, NextToken=first["NextToken"]), [new])
        self.assertNotIn("NextToken", self.backup.list_recovery_points_by_backup_vault(BackupVaultName="vault", MaxResults=3))
        self.refused("InvalidParameterValueException", self.points, MaxResults=1001)
        self.refused("InvalidParameterValueException", self.points, NextToken="none")
        by_resource = self.backup.list_recovery_points_by_resource(ResourceArn=TABLE, MaxResults=1)
        self.assertEqual([each["RecoveryPointArn"] for each in by_resource["RecoveryPoints"]], [old])
        by_resource = self.backup.list_recovery_points_by_resource(ResourceArn=TABLE, NextToken=by_resource["NextToken"])
        self.assertEqual([each["RecoveryPointArn"] for each in by_resource["RecoveryPoints"]], [new])

    def test_thousands_are_planted_at_once_and_read_in_pages_of_a_thousand(self) -> None:
        began = time.monotonic()
        planted = self.plant(*[{"createdAt": 1_700_000_000 + each, "status": "EXPIRED"} for each in range(5_000)])
        read = list(self.backup.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName="vault"))
        self.assertEqual([len(page["RecoveryPoints"]) for page in read], [1_000] * 5)
        self.assertEqual([point["RecoveryPointArn"] for page in read for point in page["RecoveryPoints"]], planted)
        self.assertEqual(read[0]["RecoveryPoints"][0]["Status"], "EXPIRED")
        self.assertLess(time.monotonic() - began, 20)

    def test_protected_resources_tell_their_last_recovery_point(self) -> None:
        self.backup.create_backup_vault(BackupVaultName="second")
        _, last, elsewhere = self.plant({"createdAt": 1_700_000_000}, {"createdAt": 1_800_000_000}, {"vault": "second", "createdAt": 1_900_000_000})
        resource, = self.backup.list_protected_resources()["Results"]
        self.assertEqual((resource["ResourceArn"], resource["ResourceType"], resource["LastRecoveryPointArn"]), (TABLE, "DynamoDB", elsewhere))
        resource, = self.backup.list_protected_resources_by_backup_vault(BackupVaultName="vault")["Results"]
        self.assertEqual((resource["LastRecoveryPointArn"], resource["LastBackupTime"].timestamp()), (last, 1_800_000_000))
        self.assertEqual(self.backup.describe_protected_resource(ResourceArn=TABLE)["LastRecoveryPointArn"], elsewhere)
        self.plant({"resourceArn": OTHER})
        first = self.backup.list_protected_resources(MaxResults=1)
        second = self.backup.list_protected_resources(MaxResults=1, NextToken=first["NextToken"])
        self.assertEqual([each["Results"][0]["ResourceArn"] for each in (first, second)], [TABLE, OTHER])

    def test_a_recovery_point_goes_unless_policy_or_lock_hold_it(self) -> None:
        point, = self.plant({})
        delete = {"BackupVaultName": "vault", "RecoveryPointArn": point}
        self.backup.put_backup_vault_access_policy(BackupVaultName="vault", Policy=json.dumps({"Statement": [DENIED]}))
        with self.assertRaisesRegex(self.backup.exceptions.ClientError, "AccessDenied"):
            self.backup.delete_recovery_point(**delete)
        self.backup.delete_backup_vault_access_policy(BackupVaultName="vault")
        self.backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=1)
        self.assertIn("Lock", self.refused("InvalidRequestException", self.backup.delete_recovery_point, **delete))
        self.backup.delete_backup_vault_lock_configuration(BackupVaultName="vault")
        self.backup.delete_recovery_point(**delete)
        self.assertEqual(self.points(), [])
        self.assertEqual(self.events("Recovery Point State Change")[-1]["status"], "DELETED")
        self.refused("ResourceNotFoundException", self.backup.describe_recovery_point, **delete)

    def test_what_a_lock_does_not_allow_fails(self) -> None:
        self.backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=7, MaxRetentionDays=35)
        states = [
            self.backup.describe_backup_job(BackupJobId=self.start(Lifecycle=lifecycle)["BackupJobId"])["State"]
            for lifecycle in ({"DeleteAfterDays": 6}, {"DeleteAfterDays": 36}, {}, {"DeleteAfterDays": 7}, {"DeleteAfterDays": 35})]
        self.assertEqual(states, ["FAILED"] * 3 + ["COMPLETED"] * 2)
        self.assertIn("6 days", self.events("Backup Job State Change")[0]["statusMessage"])
        self.assertEqual(len(self.points()), 2)


class Events(PointsTest):
    def test_rules_on_the_default_bus_see_them(self) -> None:
        events, sqs_client = client("events"), client("sqs")
        queue = sqs_client.create_queue(QueueName="events")["QueueUrl"]
        pattern = {"source": ["aws.backup"], "detail-type": ["Backup Job State Change"], "detail": {"state": ["FAILED"]}}
        events.put_rule(Name="failed", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="failed", Targets=[{"Id": "q", "Arn": "arn:aws:sqs:eu-west-1:111111111111:events"}])
        self.start()
        self.backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=7)
        job = self.start(Lifecycle={"DeleteAfterDays": 6})["BackupJobId"]
        message, = sqs_client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]
        event = json.loads(message["Body"])
        self.assertEqual((event["detail"]["backupJobId"], event["account"], event["region"]), (job, "111111111111", "eu-west-1"))


class Copies(PointsTest):
    def copy(self, destination: str, **lifecycle: int) -> dict:
        point = self.start()["RecoveryPointArn"]
        job = self.backup.start_copy_job(
            RecoveryPointArn=point, SourceBackupVaultName="vault", IamRoleArn=ROLE, DestinationBackupVaultArn=destination, Lifecycle=lifecycle)
        return self.backup.describe_copy_job(CopyJobId=job["CopyJobId"])["CopyJob"]

    def test_a_copy_appears_in_another_region_or_account(self) -> None:
        for account, region in (("111111111111", "eu-central-1"), ("222222222222", "eu-central-1")):
            away = client("backup", account, region)
            destination = away.create_backup_vault(BackupVaultName="away")["BackupVaultArn"]
            away.put_backup_vault_access_policy(BackupVaultName="away", Policy=json.dumps(POLICY))
            job = self.copy(destination, DeleteAfterDays=90)
            self.assertEqual(job["State"], "COMPLETED")
            copied, = away.list_recovery_points_by_backup_vault(BackupVaultName="away")["RecoveryPoints"]
            self.assertEqual(copied["RecoveryPointArn"], job["DestinationRecoveryPointArn"])
            self.assertEqual((copied["SourceBackupVaultArn"], copied["ResourceArn"]), (job["SourceBackupVaultArn"], TABLE))
            self.assertEqual(copied["Lifecycle"], {"DeleteAfterDays": 90})
            event = self.events("Copy Job State Change")[-1]
            self.assertEqual((event["state"], event["destinationBackupVaultArn"], event["copyJobId"]), ("COMPLETED", destination, job["CopyJobId"]))

    def test_a_copy_that_lock_or_policy_do_not_allow_fails(self) -> None:
        away = client("backup", region="eu-central-1")
        locked = away.create_backup_vault(BackupVaultName="locked")["BackupVaultArn"]
        away.put_backup_vault_lock_configuration(BackupVaultName="locked", MinRetentionDays=7)
        foreign = client("backup", "222222222222").create_backup_vault(BackupVaultName="foreign")["BackupVaultArn"]
        none = "arn:aws:backup:eu-central-1:111111111111:backup-vault:none"
        for destination, reason in ((locked, "6 days"), (foreign, "Access Denied"), (none, "not found")):
            job = self.copy(destination, DeleteAfterDays=6)
            self.assertEqual(job["State"], "FAILED")
            self.assertIn(reason, job["StatusMessage"])
            self.assertEqual(self.events("Copy Job State Change")[-1]["state"], "FAILED")
        self.assertEqual(len(self.backup.list_copy_jobs(ByState="FAILED", ByResourceArn=TABLE)["CopyJobs"]), 3)
        self.assertEqual(len(self.backup.list_copy_jobs(ByDestinationVaultArn=locked)["CopyJobs"]), 1)
        self.assertEqual(away.list_recovery_points_by_backup_vault(BackupVaultName="locked")["RecoveryPoints"], [])


class Notifications(PointsTest):
    def listen(self, *events: str) -> None:
        """From now on what the vault publishes of these events arrives in a queue."""
        topic = client("sns").create_topic(Name="topic")["TopicArn"]
        self.queue = client("sqs").create_queue(QueueName="queue")["QueueUrl"]
        client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint="arn:aws:sqs:eu-west-1:111111111111:queue")
        self.backup.put_backup_vault_notifications(BackupVaultName="vault", SNSTopicArn=topic, BackupVaultEvents=list(events))

    def received(self) -> list[dict]:
        answer = client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10)
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def test_a_vault_tells_its_topic_what_it_asked_for(self) -> None:
        self.listen("BACKUP_JOB_FAILED")
        self.start()
        self.backup.put_backup_vault_lock_configuration(BackupVaultName="vault", MinRetentionDays=7)
        job = self.start(Lifecycle={"DeleteAfterDays": 6})["BackupJobId"]
        message, = self.received()
        self.assertEqual(message["Message"], f"A backup job failed. Resource ARN : {TABLE}. BackupJob ID : {job}")
        attributes = {name: each["Value"] for name, each in message["MessageAttributes"].items()}
        self.assertLessEqual({"EventType": "BACKUP_JOB", "State": "FAILED", "AccountId": "111111111111", "Id": job}.items(), attributes.items())
        self.assertRegex(attributes["StartTime"], r"Z$")

    def test_a_continuous_backup_that_is_interrupted_is_told(self) -> None:
        self.listen("CONTINUOUS_BACKUP_INTERRUPTED")
        point, again = self.plant(*[{"resourceArn": BUCKET, "resourceType": "S3", "continuous": True}] * 2)
        self.assertEqual(point, again)
        self.assertIn(":recovery-point:continuous:photos-", point)
        read = {"BackupVaultName": "vault", "RecoveryPointArn": point}
        self.assertEqual(self.backup.describe_recovery_point(**read)["Status"], "AVAILABLE")
        self.assertEqual(control("/_backup/interrupt", {"vault": "vault", "resourceArn": BUCKET}), {"recoveryPointArn": point})
        self.assertEqual(self.backup.describe_recovery_point(**read)["Status"], "STOPPED")
        event = self.events("Recovery Point State Change")[-1]
        self.assertEqual((event["status"], event["recoveryPointArn"]), ("STOPPED", point))
        message, = self.received()
        self.assertIn(BUCKET, message["Message"])
        self.assertEqual(message["MessageAttributes"]["State"]["Value"], "INTERRUPTED")
        with self.assertRaisesRegex(ValueError, "no continuous backup"):
            control("/_backup/interrupt", {"vault": "vault", "resourceArn": BUCKET})
        self.assertNotEqual(self.plant({"resourceArn": BUCKET, "resourceType": "S3", "continuous": True}), [point])
