import unittest

from ministack.core.responses import get_region
from ministack.services import dynamodb

from tests.support import Resource, body


def table(**replica: object) -> dict:
    return {
        "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
        "BillingMode": "PAY_PER_REQUEST",
        "Replicas": [{"Region": "elsewhere"}, {"Region": get_region(), **replica}],
    }


class GlobalTable(unittest.TestCase):
    def setUp(self) -> None:
        dynamodb.reset()

    def tags(self, resource: Resource) -> list:
        return list(dynamodb._tags[dynamodb._tables[resource.id]["TableArn"]])

    def recovery(self, resource: Resource) -> str:
        described = body(dynamodb._describe_continuous_backups({"TableName": resource.id}))["ContinuousBackupsDescription"]
        return described["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"]

    def test_what_the_home_replica_says_is_read_back_and_changed(self) -> None:
        low = [{"Key": "tier", "Value": "low"}]
        resource = Resource("AWS::DynamoDB::GlobalTable", table(
            Tags=low, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": "true"}, DeletionProtectionEnabled=True))
        self.assertEqual((self.tags(resource), self.recovery(resource)), (low, "ENABLED"))
        self.assertTrue(dynamodb._tables[resource.id]["DeletionProtectionEnabled"])
        resource.update(table())
        self.assertEqual((self.tags(resource), self.recovery(resource)), ([], "DISABLED"))
        self.assertFalse(dynamodb._tables[resource.id]["DeletionProtectionEnabled"])

    def test_an_update_keeps_the_table_and_its_items(self) -> None:
        resource = Resource("AWS::DynamoDB::GlobalTable", table())
        name = resource.id
        resource.update(table(Tags=[{"Key": "tier", "Value": "low"}]))
        self.assertEqual(resource.id, name)
        resource.delete()
        self.assertNotIn(name, dynamodb._tables)
