import unittest

from botocore.exceptions import ClientError
from ministack.core.responses import request_scope
from ministack.services import glue

from tests.sdk import ACCOUNT, REGION, client
from tests.support import Resource

TABLE = "AWS::Glue::Table"
COLUMNS = [{"Name": "srcaddr", "Type": "string"}, {"Name": "end", "Type": "bigint", "Comment": "when"}]
PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
INPUT = {
    "Name": "flows", "TableType": "EXTERNAL_TABLE", "PartitionKeys": [{"Name": "day", "Type": "string"}],
    "Parameters": {"classification": "parquet", "has_encrypted_data": False, "projection.enabled": True, "projection.day.interval": 1},
    "StorageDescriptor": {
        "Columns": COLUMNS, "Location": "s3://logs/", "InputFormat": f"{PARQUET}.MapredParquetInputFormat",
        "OutputFormat": f"{PARQUET}.MapredParquetOutputFormat", "SerdeInfo": {"SerializationLibrary": f"{PARQUET}.serde.ParquetHiveSerDe"}}}


class Tables(unittest.TestCase):
    def setUp(self) -> None:
        glue.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.api = client("glue")
        self.database = Resource("AWS::Glue::Database", {"CatalogId": ACCOUNT, "DatabaseInput": {"Name": "logs", "Parameters": {"kept": True}}})
        self.table = Resource(TABLE, self.said())

    def said(self, **changes: object) -> dict:
        return {"CatalogId": ACCOUNT, "DatabaseName": "logs", "TableInput": {**INPUT, **changes}}

    def read(self) -> dict:
        return self.api.get_table(DatabaseName="logs", Name="flows")["Table"]

    def versions(self) -> list[tuple[str, list[str]]]:
        told = self.api.get_table_versions(DatabaseName="logs", TableName="flows")["TableVersions"]
        return [(each["VersionId"], [column["Name"] for column in each["Table"]["StorageDescriptor"]["Columns"]]) for each in told]

    def test_a_table_is_read_back_as_it_was_given_with_what_readers_count_on(self) -> None:
        told = self.read()
        self.assertEqual({name: told[name] for name in ("Name", "DatabaseName", "TableType", "PartitionKeys", "Retention", "VersionId")}, {
            "Name": "flows", "DatabaseName": "logs", "TableType": "EXTERNAL_TABLE", "PartitionKeys": INPUT["PartitionKeys"], "Retention": 0, "VersionId": "0"})
        self.assertEqual(told["StorageDescriptor"], {
            **INPUT["StorageDescriptor"], "Compressed": False, "NumberOfBuckets": 0, "SortColumns": [], "StoredAsSubDirectories": False})
        self.assertEqual(told["Parameters"], {
            "classification": "parquet", "has_encrypted_data": "false", "projection.enabled": "true", "projection.day.interval": "1"})
        self.assertEqual(self.api.get_database(Name="logs")["Database"]["Parameters"], {"kept": "true"})
        self.assertEqual(self.api.get_tables(DatabaseName="logs", Expression="fl.*")["TableList"], [told])
        self.assertEqual(self.api.get_tables(DatabaseName="logs", Expression="x")["TableList"], [])

    def test_every_update_keeps_the_version_before(self) -> None:
        columns = [*COLUMNS, {"Name": "action", "Type": "string"}]
        self.table.update(self.said(StorageDescriptor={**INPUT["StorageDescriptor"], "Columns": columns}))
        self.table.update(self.said(StorageDescriptor={"Columns": []}, Parameters={}))
        self.assertEqual(self.versions(), [("2", []), ("1", ["srcaddr", "end", "action"]), ("0", ["srcaddr", "end"])])
        told = self.api.get_table_version(DatabaseName="logs", TableName="flows", VersionId="0")["TableVersion"]
        self.assertEqual((told["VersionId"], told["Table"]["Parameters"]["classification"]), ("0", "parquet"))
        self.assertEqual(self.read()["Parameters"], {})
        with self.assertRaisesRegex(ClientError, "Version 7 of table flows not found"):
            self.api.get_table_version(DatabaseName="logs", TableName="flows", VersionId="7")

    def test_versions_come_in_pages_and_can_be_skipped(self) -> None:
        self.table.update(self.said(Parameters={}))
        self.api.update_table(DatabaseName="logs", TableInput={"Name": "flows"}, SkipArchive=True)
        first = self.api.get_table_versions(DatabaseName="logs", TableName="flows", MaxResults=1)
        second = self.api.get_table_versions(DatabaseName="logs", TableName="flows", MaxResults=1, NextToken=first["NextToken"])
        self.assertEqual([page["TableVersions"][0]["VersionId"] for page in (first, second)], ["2", "0"])
        self.assertNotIn("Columns", self.read()["StorageDescriptor"])

    def test_another_name_makes_another_table_without_a_past(self) -> None:
        self.table.update(self.said(Parameters={}))
        self.table.update(self.said(Name="other"))
        self.assertEqual([each["Name"] for each in self.api.get_tables(DatabaseName="logs")["TableList"]], ["other"])
        self.table.update(self.said())
        self.assertEqual(self.versions(), [("0", ["srcaddr", "end"])])
        self.table.delete()
        for call in (lambda: self.read(), lambda: self.versions()):
            with self.assertRaisesRegex(ClientError, "EntityNotFoundException.*flows not found"):
                call()

    def test_what_the_api_does_not_know_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "TableInput does not know Colour"):
            Resource(TABLE, self.said(Name="x", Colour="red"))
        with self.assertRaisesRegex(ClientError, "Database absent not found"):
            self.api.get_tables(DatabaseName="absent")
