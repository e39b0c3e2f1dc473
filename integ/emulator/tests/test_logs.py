import unittest

from botocore.exceptions import ClientError
from ministack.core.responses import request_scope
from ministack.services import cloudwatch, cloudwatch_logs

from tests.alarms import SCOPE, evaluate
from tests.sdk import client
from tests.support import Resource

FILTER, DEFINITION = "AWS::Logs::MetricFilter", "AWS::Logs::QueryDefinition"
PATTERN, NOW = '[srcaddr, dstport = 22, bytes, action = "REJECT"]', 1_900_000_000
METRIC = {"MetricName": "rejects", "MetricNamespace": "Flows", "MetricValue": "1"}
QUERY = {"Name": "flows/top", "QueryString": "fields @message", "LogGroupNames": ["flows"]}


class Logs(unittest.TestCase):
    def setUp(self) -> None:
        cloudwatch.reset()
        cloudwatch_logs.reset()
        self.enterContext(request_scope(*SCOPE))
        self.api = client("logs", *SCOPE)
        self.api.create_log_group(logGroupName="flows")
        self.api.create_log_stream(logGroupName="flows", logStreamName="eni-1-all")

    def filter(self, *transformations: dict, pattern: str = PATTERN) -> Resource:
        return Resource(FILTER, {"LogGroupName": "flows", "FilterPattern": pattern, "MetricTransformations": list(transformations)})

    def put(self, *lines: str, age: int = 10) -> None:
        self.api.put_log_events(logGroupName="flows", logStreamName="eni-1-all", logEvents=[
            {"timestamp": (NOW - age) * 1000, "message": line} for line in lines])

    def sums(self, name: str = "rejects", **dimensions: str) -> list[float]:
        told = client("cloudwatch", *SCOPE).get_metric_statistics(
            Namespace="Flows", MetricName=name, StartTime=NOW - 3600, EndTime=NOW + 60, Period=60, Statistics=["Sum"],
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()])
        return [point["Sum"] for point in told["Datapoints"]]


class MetricFilters(Logs):
    def test_lines_that_match_become_a_metric_at_their_time(self) -> None:
        self.filter(METRIC)
        self.put("10.0.0.1 22 40 REJECT", "10.0.0.1 443 40 REJECT", "10.0.0.2 22 40 ACCEPT", "10.0.0.3 22 40 REJECT")
        self.put("10.0.0.3 22 40 REJECT", age=1800)
        self.assertEqual(sorted(self.sums()), [1, 2])

    def test_the_alarm_fires_on_planted_lines(self) -> None:
        self.filter(METRIC)
        Resource("AWS::CloudWatch::Alarm", {
            "AlarmName": "ssh", "Namespace": "Flows", "MetricName": "rejects", "Statistic": "Sum", "Period": 300, "EvaluationPeriods": 1, "Threshold": 3,
            "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching"})
        self.put(*["10.0.0.1 22 40 REJECT"] * 2)
        self.assertEqual(evaluate(NOW), {"ssh": "OK"})
        self.put("10.0.0.1 22 40 REJECT")
        self.assertEqual(evaluate(NOW), {"ssh": "ALARM"})

    def test_a_field_is_the_value_or_a_dimension(self) -> None:
        self.filter({**METRIC, "MetricName": "bytes", "MetricValue": "$bytes", "Unit": "Bytes"},
                    {**METRIC, "Dimensions": [{"Key": "Source", "Value": "$srcaddr"}]})
        self.put("10.0.0.1 22 40 REJECT", "10.0.0.2 22 2 REJECT", "10.0.0.2 22 - REJECT")
        self.assertEqual((self.sums("bytes"), self.sums(Source="10.0.0.1"), self.sums(Source="10.0.0.2")), ([42], [1], [2]))

    def test_the_default_comes_when_lines_do_and_none_matches(self) -> None:
        self.filter({**METRIC, "DefaultValue": 0.5})
        self.assertEqual(self.sums(), [])
        self.put("10.0.0.1 443 40 REJECT")
        self.assertEqual(self.sums(), [0.5])
        self.put("10.0.0.1 443 40 REJECT", "10.0.0.1 22 40 REJECT", age=1800)
        self.assertEqual(sorted(self.sums()), [0.5, 1])

    def test_another_group_is_not_looked_at_and_a_filter_that_is_gone_does_nothing(self) -> None:
        self.api.create_log_group(logGroupName="other")
        Resource(FILTER, {"LogGroupName": "other", "FilterPattern": "", "MetricTransformations": [METRIC]})
        gone = self.filter(METRIC)
        gone.delete()
        self.put("10.0.0.1 22 40 REJECT")
        self.assertEqual(self.sums(), [])

    def test_a_filter_is_read_back_and_tried(self) -> None:
        made = self.filter(METRIC)
        [told] = self.api.describe_metric_filters(logGroupName="flows")["metricFilters"]
        self.assertEqual((told["filterName"], told["filterPattern"]), (made.id, PATTERN))
        matches = self.api.test_metric_filter(filterPattern=PATTERN, logEventMessages=["a 23 1 REJECT", "a 22 1 REJECT"])["matches"]
        self.assertEqual(matches, [{"eventNumber": 2, "eventMessage": "a 22 1 REJECT", "extractedValues": {
            "$srcaddr": "a", "$dstport": "22", "$bytes": "1", "$action": "REJECT"}}])
        with self.assertRaisesRegex(ClientError, "Invalid metric filter pattern"):
            self.api.test_metric_filter(filterPattern="[a b]", logEventMessages=["a"])

    def test_filters_that_are_refused(self) -> None:
        for said, pattern, reason in (
            (METRIC, "[a b]", "Invalid metric filter pattern"), (METRIC, "{ $.a = 1 }", "not matched here"),
            ({**METRIC, "DefaultValue": 0, "Dimensions": [{"Key": "a", "Value": "$a"}]}, "[a]", "mutually exclusive"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                self.filter(said, pattern=pattern)


class QueryDefinitions(Logs):
    def test_they_are_read_back_changed_and_removed(self) -> None:
        made = Resource(DEFINITION, QUERY)
        Resource(DEFINITION, {"Name": "other", "QueryString": "stats count(*)"}, "Other")
        [told] = self.api.describe_query_definitions(queryDefinitionNamePrefix="flows/")["queryDefinitions"]
        told.pop("lastModified")
        self.assertEqual(told, {
            "name": "flows/top", "queryString": "fields @message", "logGroupNames": ["flows"], "queryDefinitionId": made.id, "queryLanguage": "CWLI"})
        self.assertEqual(made.attributes, {"QueryDefinitionId": made.id})
        first = made.id
        made.update({**QUERY, "Name": "flows/all"})
        self.assertEqual([(each["name"], each["queryDefinitionId"]) for each in self.api.describe_query_definitions(maxResults=1)["queryDefinitions"]],
                         [("flows/all", first)])
        made.delete()
        self.assertEqual([each["name"] for each in self.api.describe_query_definitions()["queryDefinitions"]], ["other"])

    def test_through_the_api_too(self) -> None:
        name = self.api.put_query_definition(name="mine", queryString="fields a")["queryDefinitionId"]
        self.assertTrue(self.api.delete_query_definition(queryDefinitionId=name)["success"])
        with self.assertRaisesRegex(ClientError, "does not exist"):
            self.api.delete_query_definition(queryDefinitionId=name)

    def test_what_aws_refuses(self) -> None:
        for said, reason in (({**QUERY, "Name": ""}, "length greater than or equal to 1"), ({**QUERY, "Colour": 1}, "does not know Colour")):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                Resource(DEFINITION, said)
