import time
import unittest

from botocore.exceptions import ClientError
from ministack.core.responses import request_scope
from ministack.services import athena, cloudwatch, s3
from provisioners.athena_values import text

from tests.fake_trino import FakeTrino, column
from tests.sdk import ACCOUNT, REGION, client, control
from tests.support import Resource

GROUP, QUERY, BUCKET = "AWS::Athena::WorkGroup", "AWS::Athena::NamedQuery", "results"
SETTINGS = {
    "EnforceWorkGroupConfiguration": "true", "BytesScannedCutoffPerQuery": "10000000",
    "ResultConfiguration": {"OutputLocation": f"s3://{BUCKET}/team", "EncryptionConfiguration": {"EncryptionOption": "SSE_S3"}}}
COLUMNS = [column("srcaddr", "varchar"), column("bytes", "bigint")]
ANSWERS = {
    "SELECT srcaddr, bytes FROM flows": [
        {"stats": {"physicalInputBytes": 0}}, {"columns": COLUMNS, "data": [["10.0.0.1", 7]], "stats": {"physicalInputBytes": 9, "elapsedTimeMillis": 5}},
        {"columns": COLUMNS, "data": [['a "b"', None]], "stats": {"physicalInputBytes": 20, "elapsedTimeMillis": 8}}],
    "SELECT nothing": [{}, {"error": {"errorName": "COLUMN_NOT_FOUND", "message": "line 1:8: Column 'nothing' cannot be resolved"}}],
    "SELECT everything": [{}, {"stats": {"physicalInputBytes": 10_000_001}, "columns": COLUMNS, "endless": True}],
    "SHOW TABLES": [{"columns": [column("Table", "varchar")], "data": [["flows"]]}],
    "SELECT for ever": [{"endless": True}],
}


class Athena(unittest.TestCase):
    def setUp(self) -> None:
        for service in (athena, cloudwatch, s3):
            service.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.api = client("athena")
        client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        self.group = Resource(GROUP, {"Name": "flows", "WorkGroupConfiguration": SETTINGS, "Tags": [{"Key": "Team", "Value": "net"}]})

    def refused(self, reason: str):
        return self.assertRaisesRegex(ClientError, reason)


class Types(Athena):
    def test_a_workgroup_is_read_back_changed_and_replaced(self) -> None:
        told = self.api.get_work_group(WorkGroup="flows")["WorkGroup"]
        self.assertEqual((told["Name"], told["State"]), ("flows", "ENABLED"))
        self.assertEqual(told["Configuration"], {
            "EnforceWorkGroupConfiguration": True, "PublishCloudWatchMetricsEnabled": True, "RequesterPaysEnabled": False,
            "BytesScannedCutoffPerQuery": 10_000_000, "ResultConfiguration": SETTINGS["ResultConfiguration"],
            "EngineVersion": {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}})
        arn = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/flows"
        self.assertIn({"Key": "Team", "Value": "net"}, self.api.list_tags_for_resource(ResourceARN=arn)["Tags"])
        self.group.update({"Name": "flows", "Description": "of flows", "State": "DISABLED"})
        told = self.api.get_work_group(WorkGroup="flows")["WorkGroup"]
        self.assertEqual((told["Description"], told["State"]), ("of flows", "DISABLED"))
        self.assertNotIn("BytesScannedCutoffPerQuery", told["Configuration"])
        self.group.update({"Name": "other"})
        self.assertEqual({each["Name"] for each in self.api.list_work_groups()["WorkGroups"]}, {"other", "primary"})

    def test_a_workgroup_that_aws_refuses(self) -> None:
        for said, reason in (
            ({"Name": "a/b"}, "regular expression"), ({"Name": "flows"}, "already exists"),
            ({"Name": "x", "WorkGroupConfiguration": {"BytesScannedCutoffPerQuery": 5}}, "greater than or equal to 10000000"),
            ({"Name": "x", "WorkGroupConfiguration": {"Bytes": 5}}, "does not know Bytes"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                Resource(GROUP, said)

    def test_named_queries_are_listed_by_workgroup_replaced_and_removed(self) -> None:
        said = {"Name": "rejects", "Database": "logs", "QueryString": "SELECT 1", "WorkGroup": "flows", "Description": "what is refused"}
        query = Resource(QUERY, said)
        Resource(QUERY, {"Database": "logs", "QueryString": "SELECT 2"}, "Other")
        self.assertEqual(self.api.list_named_queries(WorkGroup="flows")["NamedQueryIds"], [query.id])
        self.assertEqual(self.api.get_named_query(NamedQueryId=query.id)["NamedQuery"], {**said, "NamedQueryId": query.id})
        [primary] = self.api.list_named_queries()["NamedQueryIds"]
        self.assertEqual(self.api.get_named_query(NamedQueryId=primary)["NamedQuery"]["Name"], "Other")
        query.update({**said, "QueryString": "SELECT 3"})
        [replaced] = self.api.list_named_queries(WorkGroup="flows")["NamedQueryIds"]
        self.assertEqual((replaced, self.api.get_named_query(NamedQueryId=replaced)["NamedQuery"]["QueryString"]), (query.id, "SELECT 3"))
        query.delete()
        self.assertEqual(self.api.list_named_queries(WorkGroup="flows")["NamedQueryIds"], [])
        with self.assertRaisesRegex(ValueError, "WorkGroup absent is not found"):
            Resource(QUERY, {**said, "WorkGroup": "absent"})

    def test_many_named_queries_come_in_pages(self) -> None:
        for number in range(51):
            Resource(QUERY, {"Database": "d", "QueryString": str(number), "WorkGroup": "flows"})
        first = self.api.list_named_queries(WorkGroup="flows")
        second = self.api.list_named_queries(WorkGroup="flows", NextToken=first["NextToken"])
        self.assertEqual((len(first["NamedQueryIds"]), len(second["NamedQueryIds"]), "NextToken" in second), (50, 1, False))

    def test_what_is_in_a_workgroup_keeps_it_unless_it_may_go_too(self) -> None:
        query = Resource(QUERY, {"Database": "d", "QueryString": "SELECT 1", "WorkGroup": "flows"})
        with self.assertRaisesRegex(ValueError, "WorkGroup flows is not empty"):
            self.group.delete()
        self.group.update({"Name": "flows", "RecursiveDeleteOption": True})
        self.group.delete()
        with self.refused("flows is not found"):
            self.api.get_work_group(WorkGroup="flows")
        with self.refused(query.id):
            self.api.get_named_query(NamedQueryId=query.id)


class Queries(Athena):
    def setUp(self) -> None:
        super().setUp()
        self.trino = FakeTrino(ANSWERS)
        self.addCleanup(self.trino.stop)
        self.engine(self.trino.url)
        self.addCleanup(self.engine, None)

    def engine(self, url: str | None) -> None:
        control("/_athena/engine", {"url": url})

    def start(self, sql: str, **more: object) -> str:
        return self.api.start_query_execution(QueryString=sql, WorkGroup="flows", **more)["QueryExecutionId"]

    def ended(self, name: str) -> dict:
        for _ in range(500):
            told = self.api.get_query_execution(QueryExecutionId=name)["QueryExecution"]
            if "CompletionDateTime" in told["Status"]:
                return told
            time.sleep(0.01)
        raise AssertionError(told)

    def run_query(self, sql: str, **more: object) -> dict:
        return self.ended(self.start(sql, **more))

    def test_trino_executes_it_and_the_result_is_told_and_written(self) -> None:
        self.trino.unready = 2
        told = self.run_query(" SELECT srcaddr, bytes FROM flows; ", QueryExecutionContext={"Database": "logs"})
        self.assertEqual(self.trino.requests, [("SELECT srcaddr, bytes FROM flows", {
            "X-Trino-User": "athena", "X-Trino-Catalog": "awsdatacatalog", "X-Trino-Schema": "logs", "X-Trino-Time-Zone": "UTC"})])
        name = told["QueryExecutionId"]
        self.assertEqual((told["Status"]["State"], told["WorkGroup"], told["StatementType"]), ("SUCCEEDED", "flows", "DML"))
        self.assertEqual((told["Statistics"]["DataScannedInBytes"], told["Statistics"]["EngineExecutionTimeInMillis"]), (20, 8))
        self.assertEqual(told["ResultConfiguration"], {**SETTINGS["ResultConfiguration"], "OutputLocation": f"s3://{BUCKET}/team/{name}.csv"})
        found = self.api.get_query_results(QueryExecutionId=name)["ResultSet"]
        self.assertEqual(found["Rows"], [
            {"Data": [{"VarCharValue": "srcaddr"}, {"VarCharValue": "bytes"}]}, {"Data": [{"VarCharValue": "10.0.0.1"}, {"VarCharValue": "7"}]},
            {"Data": [{"VarCharValue": 'a "b"'}, {}]}])
        self.assertEqual([(each["Name"], each["Type"], each["Precision"]) for each in found["ResultSetMetadata"]["ColumnInfo"]],
                         [("srcaddr", "varchar", 2147483647), ("bytes", "bigint", 19)])
        file = client("s3").get_object(Bucket=BUCKET, Key=f"team/{name}.csv")
        self.assertEqual((file["Body"].read(), file["ServerSideEncryption"]), (b'"srcaddr","bytes"\n"10.0.0.1","7"\n"a ""b""",\n', "AES256"))

    def test_the_names_of_the_columns_are_the_first_row_of_the_first_page(self) -> None:
        name = self.run_query("SELECT srcaddr, bytes FROM flows")["QueryExecutionId"]
        first = self.api.get_query_results(QueryExecutionId=name, MaxResults=2)
        second = self.api.get_query_results(QueryExecutionId=name, MaxResults=2, NextToken=first["NextToken"])
        values = [[row["Data"][0]["VarCharValue"] for row in each["ResultSet"]["Rows"]] for each in (first, second)]
        self.assertEqual((values, "NextToken" in second), ([["srcaddr", "10.0.0.1"], ['a "b"']], False))

    def test_what_trino_says_of_a_failure_is_the_reason(self) -> None:
        told = self.run_query("SELECT nothing")
        self.assertEqual((told["Status"]["State"], told["Status"]["StateChangeReason"]),
                         ("FAILED", "COLUMN_NOT_FOUND: line 1:8: Column 'nothing' cannot be resolved"))
        with self.refused("Final query state: FAILED"):
            self.api.get_query_results(QueryExecutionId=told["QueryExecutionId"])

    def test_a_query_that_scans_too_much_is_cancelled(self) -> None:
        told = self.run_query("SELECT everything")
        self.assertEqual((told["Status"]["State"], told["Status"]["StateChangeReason"]), ("CANCELLED", "Bytes scanned limit was exceeded"))
        self.assertTrue(self.trino.deleted.wait(5))

    def test_a_query_is_stopped(self) -> None:
        name = self.start("SELECT for ever")
        with self.refused("has not yet finished"):
            self.api.get_query_results(QueryExecutionId=name)
        self.api.stop_query_execution(QueryExecutionId=name)
        self.assertEqual(self.ended(name)["Status"]["State"], "CANCELLED")
        self.assertTrue(self.trino.deleted.wait(5))

    def test_a_workgroup_enforces_where_results_go_and_another_does_not(self) -> None:
        asked = {"OutputLocation": f"s3://{BUCKET}/mine/"}
        told = self.run_query("SELECT srcaddr, bytes FROM flows", ResultConfiguration=asked)
        self.assertRegex(told["ResultConfiguration"]["OutputLocation"], f"s3://{BUCKET}/team/")
        self.group.update({"Name": "flows", "WorkGroupConfiguration": {"EnforceWorkGroupConfiguration": False}})
        told = self.run_query("SELECT srcaddr, bytes FROM flows", ResultConfiguration=asked)
        self.assertRegex(told["ResultConfiguration"]["OutputLocation"], f"s3://{BUCKET}/mine/")
        with self.refused("No output location provided"):
            self.start("SELECT srcaddr, bytes FROM flows")

    def test_managed_results_are_in_no_bucket(self) -> None:
        self.group.update({"Name": "flows", "WorkGroupConfiguration": {"ManagedQueryResultsConfiguration": {"Enabled": "true"}}})
        told = self.run_query("SELECT srcaddr, bytes FROM flows")
        self.assertEqual((told["Status"]["State"], told["ManagedQueryResultsConfiguration"]["Enabled"]), ("SUCCEEDED", True))
        self.assertEqual(len(self.api.get_query_results(QueryExecutionId=told["QueryExecutionId"])["ResultSet"]["Rows"]), 3)
        self.assertNotIn("Contents", client("s3").list_objects_v2(Bucket=BUCKET))

    def test_results_go_to_no_bucket_that_is_absent_or_of_somebody_else(self) -> None:
        for result, reason in (
            ({"OutputLocation": "s3://absent/"}, "Unable to verify/create output bucket absent"),
            ({"OutputLocation": f"s3://{BUCKET}/", "ExpectedBucketOwner": "222222222222"}, "is not of account 222222222222"),
        ):
            self.group.update({"Name": "flows", "WorkGroupConfiguration": {"ResultConfiguration": result}})
            told = self.run_query("SELECT srcaddr, bytes FROM flows")["Status"]
            self.assertEqual(told["State"], "FAILED")
            self.assertRegex(told["StateChangeReason"], reason)

    def test_what_is_no_select_has_no_header_and_a_file_of_text(self) -> None:
        told = self.run_query("SHOW TABLES")
        self.assertRegex(told["ResultConfiguration"]["OutputLocation"], r"\.txt$")
        self.assertEqual(self.api.get_query_results(QueryExecutionId=told["QueryExecutionId"])["ResultSet"]["Rows"], [{"Data": [{"VarCharValue": "flows"}]}])

    def test_a_metric_tells_how_much_was_scanned(self) -> None:
        self.run_query("SELECT srcaddr, bytes FROM flows")
        dimensions = [{"Name": "WorkGroup", "Value": "flows"}, {"Name": "QueryState", "Value": "SUCCEEDED"}, {"Name": "QueryType", "Value": "DML"}]
        for _ in range(100):
            [*points] = client("cloudwatch").get_metric_statistics(
                Namespace="AWS/Athena", MetricName="ProcessedBytes", Dimensions=dimensions, StartTime=time.time() - 300, EndTime=time.time() + 60,
                Period=60, Statistics=["Sum"])["Datapoints"]
            if points:
                break
            time.sleep(0.01)
        self.assertEqual([point["Sum"] for point in points], [20])

    def test_queries_that_are_refused(self) -> None:
        with self.refused("WorkGroup absent is not found"):
            self.api.start_query_execution(QueryString="SELECT 1", WorkGroup="absent")
        with self.refused("not answered here: ExecutionParameters"):
            self.start("SELECT ?", ExecutionParameters=["1"])
        with self.refused("QueryExecution nothing was not found"):
            self.api.get_query_results(QueryExecutionId="nothing")
        self.group.update({"Name": "flows", "State": "DISABLED", "WorkGroupConfiguration": SETTINGS})
        with self.refused("WorkGroup flows is disabled"):
            self.start("SELECT 1")
        self.engine(None)
        with self.refused("no engine executes queries here: start the emulator with ATHENA_TRINO_URL"):
            self.start("SELECT 1")

    def test_an_engine_is_on_loopback(self) -> None:
        with self.assertRaisesRegex(ValueError, "must listen on loopback, got: http://trino.example.com"):
            self.engine("http://trino.example.com")

    def test_an_engine_that_is_gone_fails_the_query(self) -> None:
        self.engine("http://127.0.0.1:1")
        told = self.run_query("SELECT 1")["Status"]
        self.assertEqual(told["State"], "FAILED")
        self.assertRegex(told["StateChangeReason"], "can not be reached")


class Values(unittest.TestCase):
    def test_each_is_written_as_athena_writes_it(self) -> None:
        def of(kind: str, *inner: object) -> dict:
            return {"rawType": kind, "arguments": [{"kind": "TYPE", "value": each} for each in inner]}

        row = of("row", {"fieldName": {"name": "n"}, "typeSignature": of("bigint")}, {"fieldName": {"name": "t"}, "typeSignature": of("varchar")})
        for value, signature, written in (
            (None, of("bigint"), None), (True, of("boolean"), "true"), (5, of("bigint"), "5"), ("x", of("varchar"), "x"),
            (1.0, of("double"), "1.0"), (1.5e10, of("double"), "1.5E10"), (-2e-5, of("double"), "-2.0E-5"), ("NaN", of("double"), "NaN"),
            (12345678.5, of("double"), "1.23456785E7"), (0.0, of("double"), "0.0"), ("2026-01-01", of("date"), "2026-01-01"),
            ([1, None], of("array", of("bigint")), "[1, null]"), ({"k": [2]}, of("map", of("varchar"), of("array", of("bigint"))), "{k=[2]}"),
            ([1, "b"], row, "{n=1, t=b}"), ("AP8=", of("varbinary"), "00 ff"),
        ):
            self.assertEqual(text(value, signature), written, value)
