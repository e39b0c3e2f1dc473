import json
import unittest

from botocore.exceptions import ClientError
from ministack.core.responses import request_scope
from ministack.services import athena, glue, iam, kms, s3

from tests.fake_trino import FakeTrino
from tests.sdk import ACCOUNT, REGION, client, control
from tests.support import Resource

CATALOG, LOGS = f"arn:aws:glue:{REGION}:{ACCOUNT}", "arn:aws:s3:::logs"

PREFIX = {"Condition": {"StringEquals": {"s3:prefix": "team/AWSLogs/"}}}


class Permissions(unittest.TestCase):
    def setUp(self) -> None:
        for service in (athena, glue, iam, kms, s3):
            service.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        trino = FakeTrino({"SELECT 1 FROM \"logs\".\"flows\" WHERE day = '2026/01/01'": [{}]})
        self.addCleanup(trino.stop)
        control("/_athena/engine", {"url": trino.url})
        self.addCleanup(control, "/_athena/engine", {"url": None})
        self.addCleanup(control, "/_iam/enforce", {"on": False})
        for bucket in ("results", "logs"):
            client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.key = Resource("AWS::KMS::Key", {"KeyPolicy": {"Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*", "Resource": "*"}]}}).attributes["Arn"]
        client("s3").put_bucket_encryption(Bucket="logs", ServerSideEncryptionConfiguration={"Rules": [
            {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": self.key}}]})
        Resource("AWS::Glue::Database", {"DatabaseInput": {"Name": "logs"}})
        Resource("AWS::Glue::Table", {"DatabaseName": "logs", "TableInput": {
            "Name": "flows", "Parameters": {"storage.location.template": "s3://logs/team/AWSLogs/${account}/${day}/"},
            "StorageDescriptor": {"Location": "s3://logs/"}}})
        Resource("AWS::Athena::WorkGroup", {"Name": "flows", "WorkGroupConfiguration": {"ResultConfiguration": {
            "OutputLocation": "s3://results/", "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": self.key}}}})
        client("iam").create_role(RoleName="analyst", AssumeRolePolicyDocument=json.dumps({"Statement": [
            {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]}))
        credentials = client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/analyst", RoleSessionName="me")["Credentials"]
        self.api = client("athena", credentials={name: credentials[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")})
        control("/_iam/enforce", {"on": True})

    def start(self, allowed: list[tuple[str, str]]) -> None:
        client("iam").put_role_policy(RoleName="analyst", PolicyName="p", PolicyDocument=json.dumps({"Statement": [
            {"Effect": "Allow", "Action": action, "Resource": resource, **(PREFIX if action == "s3:ListBucket" else {})}
            for action, resource in allowed]}))
        self.api.start_query_execution(QueryString="SELECT 1 FROM \"logs\".\"flows\" WHERE day = '2026/01/01'", WorkGroup="flows")

    def test_each_permission_that_a_query_needs_is_asked_for(self) -> None:
        needed = [
            ("athena:StartQueryExecution", f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/flows"), ("s3:GetBucketLocation", "arn:aws:s3:::results"),
            ("s3:PutObject", "arn:aws:s3:::results/*"), ("kms:GenerateDataKey", self.key), ("glue:GetTable", f"{CATALOG}:catalog"),
            ("glue:GetTable", f"{CATALOG}:database/logs"), ("glue:GetTable", f"{CATALOG}:table/logs/flows"), ("s3:ListBucket", LOGS),
            ("s3:GetObject", f"{LOGS}/team/AWSLogs/*"), ("kms:Decrypt", self.key)]
        group = needed[0]
        for other in ([], [(group[0], f"{group[1]}x")]):
            with self.assertRaisesRegex(ClientError, "AccessDenied.*athena:StartQueryExecution"):
                self.start([*needed[1:], *other])
        for left_out in needed[1:]:
            with self.subTest(left_out), self.assertRaisesRegex(ClientError, rf"AccessDenied.*{left_out[0]}.*{left_out[1].rstrip('*')}"):
                self.start([each for each in needed if each != left_out])
        self.start(needed)

    def test_root_is_not_asked(self) -> None:
        client("athena").start_query_execution(QueryString="SELECT 1 FROM \"logs\".\"flows\" WHERE day = '2026/01/01'", WorkGroup="flows")
