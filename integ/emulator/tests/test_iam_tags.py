import json
import unittest
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError
from ministack import app as emulator
from ministack.core.responses import request_scope
from ministack.services import dynamodb, iam, s3, sts, tagging

from provisioners import iam_tags, s3_abac
from tests.sdk import ACCOUNT, REGION, client, control
from tests.support import Resource
from tests.test_dynamodb import KEYS

SPOKE = "222222222222"
ALPHA = [{"Key": "Project", "Value": "Alpha"}]
BETA = [{"Key": "Project", "Value": "Beta"}]
OWN = "${aws:PrincipalTag/Project}"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **each} for each in statements]})


def trust(*statements: dict[str, Any]) -> str:
    return document(*({"Principal": {"AWS": "*"}, **each} for each in statements))


ANYBODY = trust({"Action": ["sts:AssumeRole", "sts:TagSession"]})


@contextmanager
def enforced():
    emulator.AUTH = True
    try:
        yield
    finally:
        emulator.AUTH = False


class Tags(unittest.TestCase):
    def setUp(self) -> None:
        for service in (dynamodb, iam, s3, sts):
            service.reset()
        iam_tags._organizations.clear()
        s3_abac._status.clear()

    def role(self, *statements: dict[str, Any], tags: list[dict[str, str]] = ALPHA, trusts: str = ANYBODY, account: str = ACCOUNT) -> str:
        client("iam", account).create_role(RoleName="r", AssumeRolePolicyDocument=trusts, Tags=tags)
        if statements:
            client("iam", account).put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=document(*statements))
        return f"arn:aws:iam::{account}:role/r"

    def session(self, role: str, credentials: dict[str, str] | None = None, account: str = ACCOUNT, **how: Any) -> dict[str, str]:
        with enforced():
            answer = client("sts", account, credentials=credentials).assume_role(RoleArn=role, RoleSessionName="somebody", **how)["Credentials"]
        return {name: answer[name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken")}

    def allows(self, session: dict[str, str], service: str, operation: str, **request: Any) -> bool:
        with enforced():
            try:
                getattr(client(service, credentials=session), operation)(**request)
                return True
            except ClientError as error:
                self.assertIn("AccessDenied", error.response["Error"]["Code"])
                return False


class Variables(Tags):
    def read(self, session: dict[str, str], table: str) -> bool:
        return self.allows(session, "dynamodb", "get_item", TableName=table, Key={"id": {"S": "1"}})

    def test_a_tag_of_the_caller_is_compared_with_that_of_the_table(self) -> None:
        for table, tags in (("alpha", ALPHA), ("beta", BETA), ("untagged", [])):
            client("dynamodb").create_table(TableName=table, **KEYS, Tags=tags)
        equal = {"Action": "dynamodb:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/Project": OWN}}}
        role = self.role(equal)
        own, session_tag = self.session(role), self.session(role, Tags=BETA)
        self.assertEqual([self.read(own, each) for each in ("alpha", "beta", "untagged")], [True, False, False])
        self.assertEqual([self.read(session_tag, each) for each in ("alpha", "beta", "untagged")], [False, True, False])
        client("iam").untag_role(RoleName="r", TagKeys=["Project"])
        self.assertEqual([self.read(own, each) for each in ("alpha", "beta", "untagged")], [False, False, False])

    def test_an_index_has_the_tags_of_its_table(self) -> None:
        client("dynamodb").create_table(TableName="table", **KEYS, Tags=ALPHA)
        arn = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/table/index/i"
        with request_scope(ACCOUNT, REGION):
            self.assertEqual(tagging.resource_tags(arn), {"Project": "Alpha"})
        self.assertIsNone(tagging.resource_tags("*"))

    def test_a_variable_without_value_denies_nothing_and_one_with_a_default_does(self) -> None:
        client("dynamodb").create_table(TableName="table", **KEYS, Tags=ALPHA)
        for variable, without_tag in ((OWN, True), (OWN.replace("}", ", '!'}"), False)):
            differ = {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:ResourceTag/Project": variable}}}
            session = self.session(self.role({"Action": "*", "Resource": "*"}, differ))
            self.assertTrue(self.read(session, "table"))
            client("iam").untag_role(RoleName="r", TagKeys=["Project"])
            self.assertEqual(self.read(session, "table"), without_tag)
            iam.reset()

    def test_a_default_stands_in_for_a_tag_that_is_missing(self) -> None:
        client("dynamodb").create_table(TableName="table", **KEYS, Tags=[{"Key": "Project", "Value": "none"}])
        equal = {"Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/Project": OWN.replace("}", ", 'none'}")}}}
        session = self.session(self.role(equal))
        self.assertFalse(self.read(session, "table"))
        client("iam").untag_role(RoleName="r", TagKeys=["Project"])
        self.assertTrue(self.read(session, "table"))

    def test_a_resource_is_named_by_a_tag_and_not_by_one_that_is_missing(self) -> None:
        client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
        session = self.session(self.role({"Action": "s3:PutObject", "Resource": f"arn:aws:s3:::bucket/{OWN}/*"}))

        def write(key: str) -> bool:
            return self.allows(session, "s3", "put_object", Bucket="bucket", Key=key)

        self.assertEqual([write("Alpha/x"), write("Beta/x"), write(f"{OWN}/x")], [True, False, False])
        client("iam").untag_role(RoleName="r", TagKeys=["Project"])
        self.assertEqual([write("Alpha/x"), write("/x")], [False, False])

    def test_the_signs_of_patterns_stand_for_themselves(self) -> None:
        client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})
        session = self.session(self.role({"Action": "s3:PutObject", "Resource": "arn:aws:s3:::bucket/${$}/x"}))
        self.assertTrue(self.allows(session, "s3", "put_object", Bucket="bucket", Key="$/x"))


class Objects(Tags):
    def setUp(self) -> None:
        super().setUp()
        client("s3").create_bucket(Bucket="bucket", CreateBucketConfiguration={"LocationConstraint": REGION})

    def test_the_tags_of_a_bucket_count_when_they_are_told_to(self) -> None:
        equal = {"Action": "s3:*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceTag/Project": OWN}}}
        session = self.session(self.role(equal))

        def reached() -> list[bool]:
            return [self.allows(session, "s3", "list_objects_v2", Bucket="tagged"), self.allows(session, "s3", "put_object", Bucket="tagged", Key="a/b")]

        with request_scope(ACCOUNT, REGION):
            bucket = Resource("AWS::S3::Bucket", {"BucketName": "tagged", "Tags": ALPHA})
            self.assertEqual(reached(), [False, False])
            bucket.update({"BucketName": "tagged", "Tags": ALPHA, "AbacStatus": "Enabled"})
            self.assertEqual(reached(), [True, True])
            bucket.update({"BucketName": "tagged", "Tags": BETA, "AbacStatus": "Enabled"})
            self.assertEqual(reached(), [False, False])

    def test_whether_they_count_is_told(self) -> None:
        with request_scope(ACCOUNT, REGION):
            bucket = Resource("AWS::S3::Bucket", {"BucketName": "tagged", "AbacStatus": "Enabled"})
            self.assertEqual(client("s3").get_bucket_abac(Bucket="tagged")["AbacStatus"], {"Status": "Enabled"})
            bucket.update({"BucketName": "tagged"})
            self.assertEqual(client("s3").get_bucket_abac(Bucket="tagged")["AbacStatus"], {"Status": "Disabled"})

    def test_an_object_is_written_with_the_tags_that_the_request_says(self) -> None:
        session = self.session(self.role({
            "Action": "s3:PutObject", "Resource": "*", "Condition": {"StringEquals": {"s3:RequestObjectTag/Project": OWN}}}))

        def write(**tagging: str) -> bool:
            return self.allows(session, "s3", "put_object", Bucket="bucket", Key="k", **tagging)

        self.assertEqual([write(Tagging="Project=Alpha&x=y"), write(Tagging="Project=Beta"), write()], [True, False, False])

    def test_tags_of_an_object_are_changed_by_those_that_it_has_and_those_that_it_gets(self) -> None:
        session = self.session(self.role({"Action": "s3:PutObjectTagging", "Resource": "*", "Condition": {"StringEquals": {
            "s3:ExistingObjectTag/Project": OWN, "s3:RequestObjectTag/Project": OWN}}}))
        for key, project in (("alpha", "Alpha"), ("beta", "Beta")):
            client("s3").put_object(Bucket="bucket", Key=key, Tagging=f"Project={project}")

        def tag(key: str, tags: list[dict[str, str]]) -> bool:
            return self.allows(session, "s3", "put_object_tagging", Bucket="bucket", Key=key, Tagging={"TagSet": tags})

        self.assertEqual([tag("alpha", ALPHA), tag("alpha", BETA), tag("beta", ALPHA)], [True, False, False])


class Assuming(Tags):
    def refused(self, role: str, **how: Any) -> bool:
        try:
            self.session(role, self.caller, **how)
            return False
        except ClientError as error:
            self.assertEqual(error.response["Error"]["Code"], "AccessDenied")
            return True

    def setUp(self) -> None:
        super().setUp()
        spoke = self.role({"Action": "sts:*", "Resource": "*"}, account=SPOKE)
        self.caller = self.session(spoke, account=SPOKE)

    def test_only_with_ones_own_tags(self) -> None:
        own = {"StringEquals": {"aws:RequestTag/Project": OWN}}
        role = self.role(trusts=trust({"Action": "sts:AssumeRole", "Condition": own}, {"Action": "sts:TagSession", "Condition": own}))
        self.assertEqual([self.refused(role, Tags=ALPHA), self.refused(role, Tags=BETA), self.refused(role)], [False, True, True])

    def test_only_without_handing_them_on(self) -> None:
        role = self.role(trusts=trust(
            {"Action": "sts:AssumeRole"}, {"Action": "sts:TagSession", "Condition": {"Null": {"sts:TransitiveTagKeys": "true"}}}))
        self.assertFalse(self.refused(role, Tags=ALPHA))
        self.assertTrue(self.refused(role, Tags=ALPHA, TransitiveTagKeys=["Project"]))
        self.assertFalse(self.refused(role, Tags=ALPHA))  # what one request says is not held against the next

    def test_only_from_the_organization(self) -> None:
        role = self.role(trusts=trust({"Action": "sts:AssumeRole", "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}))
        self.assertTrue(self.refused(role))
        control("/_iam/organization", {"id": "o-1", "accounts": [ACCOUNT, SPOKE]})
        self.assertFalse(self.refused(role))
        control("/_iam/organization", {"id": "o-1", "accounts": [ACCOUNT]})
        self.assertTrue(self.refused(role))
