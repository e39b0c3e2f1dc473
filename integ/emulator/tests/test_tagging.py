import asyncio
import json
import unittest

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import dynamodb, ec2, efs, rds, s3, tagging

from tests.support import Resource, body
from tests.test_dynamodb import AWAY, KEYS

LOW = [{"Key": "tier", "Value": "low"}]
LOGIN = {"MasterUsername": "user", "MasterUserPassword": "password"}
CLUSTER = {"DBClusterIdentifier": "c", "Engine": "aurora-mysql", **LOGIN}
DATABASE = {"DBInstanceIdentifier": "d", "Engine": "mysql", "DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20", **LOGIN}


def get_resources(**request: object) -> tuple:
    headers = {"x-amz-target": "ResourceGroupsTaggingAPI_20170126.GetResources"}
    return asyncio.run(tagging.handle_request("POST", "/", headers, json.dumps(request).encode(), {}))


def listed(**request: object) -> list[str]:
    """The resources that the API lists, without the part of the ARN that names the account and Region."""
    return [each["ResourceARN"].replace(f":{get_region()}:{get_account_id()}", "")
            for each in body(get_resources(**request))["ResourceTagMappingList"]]


class Tagging(unittest.TestCase):
    def setUp(self) -> None:
        for service in (dynamodb, ec2, efs, rds, s3):
            service.reset()

    def test_tables_buckets_file_systems_and_databases_are_listed_with_their_tags(self) -> None:
        Resource("AWS::DynamoDB::Table", {"TableName": "t", **KEYS, "Tags": LOW})
        Resource("AWS::DynamoDB::GlobalTable", {"TableName": "g", **KEYS, "Replicas": [
            {"Region": get_region(), "Tags": LOW}, {"Region": AWAY, "Tags": [{"Key": "tier", "Value": "high"}]}]})
        Resource("AWS::S3::Bucket", {"BucketName": "b", "Tags": LOW})
        disk = Resource("AWS::EFS::FileSystem", {"FileSystemTags": LOW}).id
        Resource("AWS::RDS::DBCluster", {**CLUSTER, "Tags": LOW})
        Resource("AWS::RDS::DBInstance", {**DATABASE, "Tags": LOW})
        expected = ["arn:aws:dynamodb:table/g", "arn:aws:dynamodb:table/t", f"arn:aws:elasticfilesystem:file-system/{disk}",
                    "arn:aws:rds:cluster:c", "arn:aws:rds:db:d", "arn:aws:s3:::b"]
        self.assertEqual(listed(TagFilters=[{"Key": "tier", "Values": ["low"]}]), expected)
        self.assertEqual(listed(TagFilters=[{"Key": "tier", "Values": ["high"]}]), [])
        self.assertEqual(listed(ResourceTypeFilters=["rds:db", "s3"]), expected[4:])
        with request_scope(get_account_id(), AWAY):
            self.assertEqual(listed(TagFilters=[{"Key": "tier"}]), ["arn:aws:dynamodb:table/g"])
        with request_scope("222222222222", get_region()):
            self.assertEqual(listed(), [])

    def test_the_tags_of_databases_are_changed_and_removed(self) -> None:
        for type_name, properties, arn in (("DBCluster", CLUSTER, "arn:aws:rds:cluster:c"), ("DBInstance", DATABASE, "arn:aws:rds:db:d")):
            database = Resource(f"AWS::RDS::{type_name}", properties)
            self.assertEqual(listed(), [])
            database.update({**properties, "Tags": LOW})
            self.assertEqual(listed(), [arn])
            database.update(properties)
            self.assertEqual(listed(), [])

    def test_instances_and_volumes_are_listed_once_they_have_tags(self) -> None:
        ec2._instances["i-1"], ec2._volumes["vol-1"], ec2._volumes["vol-2"] = {}, {}, {}
        ec2._tags["i-1"] = ec2._tags["vol-1"] = LOW
        self.assertEqual(listed(), ["arn:aws:ec2:instance/i-1", "arn:aws:ec2:volume/vol-1"])
        self.assertEqual(listed(ResourceTypeFilters=["ec2:volume"]), ["arn:aws:ec2:volume/vol-1"])

    def test_pages(self) -> None:
        for number in range(5):
            Resource("AWS::S3::Bucket", {"BucketName": f"b{number}", "Tags": LOW})
        token, pages = "", []
        while token or not pages:
            answer = body(get_resources(ResourcesPerPage=2, PaginationToken=token))
            pages.append([each["ResourceARN"][-2:] for each in answer["ResourceTagMappingList"]])
            token = answer["PaginationToken"]
        self.assertEqual(pages, [["b0", "b1"], ["b2", "b3"], ["b4"]])

    def test_what_is_refused_stays_refused(self) -> None:
        self.assertEqual(get_resources(ResourceARNList=["arn:aws:s3:::b"], ResourcesPerPage=1)[0], 400)
