import unittest

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import dynamodb

from tests.support import Resource, body

HOME, AWAY = get_region(), "eu-central-1"
LOW = [{"Key": "tier", "Value": "low"}]
RECOVERY = {"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": "true"}}
TIME_TO_LIVE = {"TimeToLiveSpecification": {"AttributeName": "until", "Enabled": True}}
KEYS = {
    "AttributeDefinitions": [{"AttributeName": "id", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
    "BillingMode": "PAY_PER_REQUEST",
}


def settings(name: str, region: str = HOME) -> dict:
    """What the APIs of a Region tell of a table."""
    with request_scope(get_account_id(), region):
        table = body(dynamodb._describe_table({"TableName": name}))["Table"]
        backups = body(dynamodb._describe_continuous_backups({"TableName": name}))["ContinuousBackupsDescription"]
        ttl = body(dynamodb._describe_ttl({"TableName": name}))["TimeToLiveDescription"]
        return {
            "tags": body(dynamodb._list_tags({"ResourceArn": table["TableArn"]}))["Tags"],
            "recovery": backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"],
            "key": table.get("SSEDescription", {}).get("KMSMasterKeyArn"),
            "protected": table["DeletionProtectionEnabled"],
            "ttl": ttl["TimeToLiveStatus"],
            "replicas": [replica["RegionName"] for replica in table.get("Replicas", [])],
        }


class DynamoDB(unittest.TestCase):
    def setUp(self) -> None:
        dynamodb.reset()


class Table(DynamoDB):
    def test_recovery_key_and_time_to_live_are_read_back_changed_and_removed(self) -> None:
        encrypted = {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS", "KMSMasterKeyId": "key"}}
        table = Resource("AWS::DynamoDB::Table", {**KEYS, **RECOVERY, **TIME_TO_LIVE, **encrypted, "Tags": LOW})
        expected = {"tags": LOW, "recovery": "ENABLED", "key": "key", "protected": False, "ttl": "ENABLED", "replicas": []}
        self.assertEqual(settings(table.id), expected)
        table.update({**KEYS, **RECOVERY, "SSESpecification": {"SSEEnabled": "true", "SSEType": "KMS", "KMSMasterKeyId": "other"}})
        self.assertEqual(settings(table.id), {**expected, "tags": [], "key": "other", "ttl": "DISABLED"})
        table.update(KEYS)
        self.assertEqual(settings(table.id), {**expected, "tags": [], "recovery": "DISABLED", "key": None, "ttl": "DISABLED"})
        table.delete()
        self.assertNotIn(table.id, dynamodb._tables)

    def test_nothing_is_left_of_a_table_whose_settings_are_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "attributeName"):
            Resource("AWS::DynamoDB::Table", {**KEYS, "TimeToLiveSpecification": {"Enabled": True}})
        self.assertEqual(list(dynamodb._tables), [])


class GlobalTable(DynamoDB):
    def table(self, *away: dict, **home: object) -> dict:
        return {**KEYS, "Replicas": [*away, {"Region": HOME, **home}]}

    def test_what_the_home_replica_says_is_read_back_and_changed(self) -> None:
        key = {"SSESpecification": {"KMSMasterKeyId": "key"}}
        encrypted = {"SSESpecification": {"SSEEnabled": True, "SSEType": "KMS"}}
        resource = Resource("AWS::DynamoDB::GlobalTable", {
            **self.table(Tags=LOW, DeletionProtectionEnabled=True, **RECOVERY, **key), **encrypted, **TIME_TO_LIVE})
        expected = {"tags": LOW, "recovery": "ENABLED", "key": "key", "protected": True, "ttl": "ENABLED", "replicas": []}
        self.assertEqual(settings(resource.id), expected)
        resource.update({**self.table(), **encrypted})
        expected = {"tags": [], "recovery": "DISABLED", "protected": False, "ttl": "DISABLED", "replicas": []}
        self.assertLessEqual(expected.items(), settings(resource.id).items())
        self.assertTrue(settings(resource.id)["key"].endswith("alias/aws/dynamodb"))

    def test_a_replica_has_settings_of_its_own_and_comes_and_goes(self) -> None:
        resource = Resource("AWS::DynamoDB::GlobalTable", {**self.table({"Region": AWAY, "Tags": LOW, **RECOVERY}), **TIME_TO_LIVE})
        away = {"tags": LOW, "recovery": "ENABLED", "ttl": "ENABLED", "replicas": [HOME]}
        self.assertLessEqual(away.items(), settings(resource.id, AWAY).items())
        home = {"tags": [], "recovery": "DISABLED", "ttl": "ENABLED", "replicas": [AWAY]}
        self.assertLessEqual(home.items(), settings(resource.id).items())
        resource.update(self.table())
        self.assertEqual(settings(resource.id)["replicas"], [])
        self.assertIsNone(dynamodb._tables.get_scoped(get_account_id(), AWAY, resource.id))
        resource.update(self.table({"Region": AWAY}))
        self.assertEqual(settings(resource.id, AWAY)["tags"], [])

    def test_it_goes_in_all_its_regions(self) -> None:
        resource = Resource("AWS::DynamoDB::GlobalTable", self.table({"Region": AWAY}))
        resource.delete()
        self.assertEqual(list(dynamodb._tables.all_items()), [])

    def test_nothing_is_left_in_any_region_when_a_replica_is_refused(self) -> None:
        refused = self.table({"Region": AWAY})
        with self.assertRaisesRegex(ValueError, "attributeName"):
            Resource("AWS::DynamoDB::GlobalTable", {**refused, "TimeToLiveSpecification": {"Enabled": True}})
        self.assertEqual(list(dynamodb._tables.all_items()), [])

    def test_an_update_keeps_the_table_and_its_items(self) -> None:
        resource = Resource("AWS::DynamoDB::GlobalTable", self.table())
        dynamodb._put_item({"TableName": resource.id, "Item": {"id": {"S": "kept"}}})
        name = resource.id
        resource.update(self.table(Tags=LOW))
        self.assertEqual(resource.id, name)
        self.assertIn("Item", body(dynamodb._get_item({"TableName": name, "Key": {"id": {"S": "kept"}}})))
        resource.delete()
        self.assertNotIn(name, dynamodb._tables)
