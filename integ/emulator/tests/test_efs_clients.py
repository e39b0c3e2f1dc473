import json
import unittest

from ministack.core.responses import request_scope
from ministack.services import efs, iam

from tests.support import Resource
from tests.test_routes import post

ALL = ["ClientMount", "ClientWrite", "ClientRootAccess"]


class Clients(unittest.TestCase):
    def setUp(self) -> None:
        efs.reset()
        iam.reset()
        self.account, self.region = "222222222222", "eu-central-1"  # those of the caller in `post`
        self.enterContext(request_scope(self.account, self.region))

    def system(self, *denied: dict) -> Resource:
        statements = [{"Effect": "Deny", "Principal": {"AWS": "*"}, **each} for each in denied]
        policy = {"FileSystemPolicy": {"Version": "2012-10-17", "Statement": statements}} if statements else {}
        return Resource("AWS::EFS::FileSystem", {"Encrypted": True, **policy})

    def access_point(self, system: Resource, path: str = "/data") -> str:
        creation = {"OwnerUid": "1", "OwnerGid": "1", "Permissions": "0750"}
        return Resource("AWS::EFS::AccessPoint", {"FileSystemId": system.id, "RootDirectory": {"Path": path, "CreationInfo": creation}}).id

    def role(self, system: Resource, access_point: str, *actions: str) -> str:
        name = f"arn:aws:elasticfilesystem:{self.region}:{self.account}:access-point/{access_point}"
        statement = {
            "Effect": "Allow", "Action": [f"elasticfilesystem:{action}" for action in actions], "Resource": system.attributes["Arn"],
            "Condition": {"StringEquals": {"elasticfilesystem:AccessPointArn": name}, "Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        return Resource("AWS::IAM::Role", {
            "AssumeRolePolicyDocument": {}, "Policies": [{"PolicyName": "mount", "PolicyDocument": document}],
        }).attributes["Arn"]

    def may(self, system: Resource, **client: object) -> list[str]:
        status, answer = post("/_efs/client", json.dumps({"fileSystemId": system.id, **client}).encode())
        self.assertEqual(status, 200, answer)
        return answer

    def test_without_a_policy_everybody_may_do_everything(self) -> None:
        self.assertEqual(self.may(self.system()), ALL)

    def test_any_policy_ends_that(self) -> None:
        system = self.system({"Action": "elasticfilesystem:ClientRootAccess"})
        self.assertEqual(self.may(system), [])
        self.assertEqual(self.may(system, accessPointId=self.access_point(system)), [])

    def test_a_role_may_what_its_policy_says_on_its_access_point_and_the_file_system_does_not_deny(self) -> None:
        system = self.system(
            {"Action": "elasticfilesystem:Client*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}},
            {"Action": "elasticfilesystem:ClientRootAccess"})
        own, other = self.access_point(system), self.access_point(system, "/other")
        role = self.role(system, own, *ALL)
        self.assertEqual(self.may(system, role=role, accessPointId=own), ["ClientMount", "ClientWrite"])
        self.assertEqual(self.may(system, role=self.role(system, own, "ClientMount"), accessPointId=own), ["ClientMount"])
        for client in ({"accessPointId": own, "tls": False}, {"accessPointId": other}, {}):
            with self.subTest(client):
                self.assertEqual(self.may(system, role=role, **client), [])

    def test_an_access_point_of_another_file_system_is_refused(self) -> None:
        status, answer = post("/_efs/client", json.dumps({"fileSystemId": self.system().id, "accessPointId": self.access_point(self.system())}).encode())
        self.assertEqual((status, answer), (400, {"message": "the access point is of another file system"}))
