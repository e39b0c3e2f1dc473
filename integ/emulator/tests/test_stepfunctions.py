import json
import time
import unittest

from ministack.core.responses import request_scope
from ministack.services import athena, cloudwatch, iam, s3, sns, sqs, stepfunctions

from tests.fake_trino import FakeTrino, column
from tests.sdk import ACCOUNT, REGION, client, control
from tests.support import Resource

TYPE, ROLE = "AWS::StepFunctions::StateMachine", f"arn:aws:iam::{ACCOUNT}:role/analysis"
ANSWERS = {
    "SELECT found": [{"columns": [column("srcaddr", "varchar")], "data": [["10.0.0.1"], ["10.0.0.2"]]}],
    "SELECT wrong": [{"error": {"errorName": "SYNTAX_ERROR", "message": "line 1:8"}}]}
ASK = {"QueryString": "SELECT found", "WorkGroup": "flows"}


def task(name: str, parameters: dict, **more: object) -> dict:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{name}", "Parameters": parameters, "End": True, **more}


class Machines(unittest.TestCase):
    def setUp(self) -> None:
        for service in (athena, cloudwatch, iam, s3, sns, sqs, stepfunctions):
            service.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.api = client("stepfunctions")

    def machine(self, states: dict, **more: object) -> Resource:
        return Resource(TYPE, {"RoleArn": ROLE, "DefinitionString": json.dumps({"StartAt": next(iter(states)), "States": states}), **more})

    def run_states(self, states: dict) -> dict:
        name = self.api.start_execution(stateMachineArn=self.machine(states).id)["executionArn"]
        for _ in range(500):
            told = self.api.describe_execution(executionArn=name)
            if told["status"] != "RUNNING":
                return told
            time.sleep(0.01)
        raise AssertionError(told)


class Settings(Machines):
    def test_logging_and_tracing_are_told_as_the_api_says_them(self) -> None:
        states = {"Only": {"Type": "Pass", "End": True}}
        group = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:analysis:*"
        machine = self.machine(states, TracingConfiguration={"Enabled": True}, LoggingConfiguration={
            "Level": "ALL", "IncludeExecutionData": "true", "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": group}}]})
        told = self.api.describe_state_machine(stateMachineArn=machine.id)
        self.assertEqual((told["tracingConfiguration"], told["loggingConfiguration"]), ({"enabled": True}, {
            "level": "ALL", "includeExecutionData": True, "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": group}}]}))
        machine.update({"RoleArn": ROLE, "DefinitionString": json.dumps({"StartAt": "Only", "States": states})})
        told = self.api.describe_state_machine(stateMachineArn=machine.id)
        self.assertEqual((told["tracingConfiguration"], told["loggingConfiguration"]["level"]), ({"enabled": False}, "OFF"))


class Tasks(Machines):
    def setUp(self) -> None:
        super().setUp()
        trino = FakeTrino(ANSWERS)
        self.addCleanup(trino.stop)
        control("/_athena/engine", {"url": trino.url})
        self.addCleanup(control, "/_athena/engine", {"url": None})
        self.addCleanup(control, "/_iam/enforce", {"on": False})
        client("s3").create_bucket(Bucket="results", CreateBucketConfiguration={"LocationConstraint": REGION})
        Resource("AWS::Athena::WorkGroup", {"Name": "flows", "WorkGroupConfiguration": {"ResultConfiguration": {"OutputLocation": "s3://results/"}}})
        self.topic = client("sns").create_topic(Name="findings")["TopicArn"]
        self.queue = client("sqs").create_queue(QueueName="failed")["QueueUrl"]
        client("sns").subscribe(TopicArn=self.topic, Protocol="sqs", Endpoint=f"arn:aws:sqs:{REGION}:{ACCOUNT}:failed", Attributes={"RawMessageDelivery": "true"})

    def received(self) -> list[str]:
        return [each["Body"] for each in client("sqs").receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages", [])]

    def analysis(self) -> dict:
        return self.run_states({
            "Ask": task("athena:startQueryExecution.sync", ASK, End=False, Next="Read"),
            "Read": task("athena:getQueryResults", {"QueryExecutionId.$": "$.QueryExecution.QueryExecutionId"}, End=False, Next="Tell"),
            "Tell": task("sns:publish", {"TopicArn": self.topic, "Message.$": "$.ResultSet.Rows[1].Data[0].VarCharValue"})})

    def test_a_query_is_awaited_read_and_its_finding_published(self) -> None:
        self.assertEqual(self.analysis()["status"], "SUCCEEDED")
        self.assertEqual(self.received(), ["10.0.0.1"])

    def test_the_end_of_a_query_is_told_in_milliseconds(self) -> None:
        told = json.loads(self.run_states({"Ask": task("athena:startQueryExecution.sync", ASK)})["output"])["QueryExecution"]
        self.assertEqual((told["Status"]["State"], told["WorkGroup"]), ("SUCCEEDED", "flows"))
        self.assertLess(abs(told["Status"]["CompletionDateTime"] / 1000 - time.time()), 60)
        self.assertNotIn("_rows", told)

    def test_without_sync_only_its_name_is_told(self) -> None:
        told = json.loads(self.run_states({"Ask": task("athena:startQueryExecution", ASK)})["output"])
        self.assertEqual(list(told), ["QueryExecutionId"])

    def test_a_query_that_fails_is_caught_and_put_into_a_queue(self) -> None:
        failed = task("athena:startQueryExecution.sync", {**ASK, "QueryString": "SELECT wrong"}, Catch=[
            {"ErrorEquals": ["States.TaskFailed"], "Next": "Keep"}])
        self.assertEqual(self.run_states({
            "Ask": failed, "Keep": task("sqs:sendMessage", {"QueueUrl": self.queue, "MessageBody.$": "$.Cause"})})["status"], "SUCCEEDED")
        status = json.loads(self.received()[0])["Status"]
        self.assertEqual((status["State"], status["StateChangeReason"]), ("FAILED", "SYNTAX_ERROR: line 1:8"))

    def test_what_athena_refuses_has_a_name(self) -> None:
        told = self.run_states({"Ask": task("athena:startQueryExecution.sync", {**ASK, "WorkGroup": "absent"})})
        self.assertEqual((told["status"], told["error"], told["cause"]), ("FAILED", "Athena.InvalidRequestException", "WorkGroup absent is not found."))

    def test_a_metric_is_put_by_a_task_of_the_sdk(self) -> None:
        told = self.run_states({"Count": task("aws-sdk:cloudwatch:putMetricData", {"Namespace": "Flows", "MetricData": [{
            "MetricName": "findings", "Value": 3, "Dimensions": [{"Name": "Query", "Value": "scan"}]}]})})
        self.assertEqual(told["status"], "SUCCEEDED", told)
        [point] = client("cloudwatch").get_metric_statistics(
            Namespace="Flows", MetricName="findings", StartTime=time.time() - 300, EndTime=time.time() + 60, Period=60, Statistics=["Sum"],
            Dimensions=[{"Name": "Query", "Value": "scan"}])["Datapoints"]
        self.assertEqual(point["Sum"], 3)

    def test_with_iam_enforced_the_role_decides(self) -> None:
        client("iam").create_role(RoleName="analysis", AssumeRolePolicyDocument=json.dumps({"Statement": [
            {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))
        control("/_iam/enforce", {"on": True})
        group = f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/flows"
        needed = [
            ("athena:StartQueryExecution", group), ("athena:GetQueryExecution", group), ("s3:GetBucketLocation", "arn:aws:s3:::results"),
            ("s3:PutObject", "arn:aws:s3:::results/*"), ("athena:GetQueryResults", group), ("s3:GetObject", "arn:aws:s3:::results/*"),
            ("sns:Publish", self.topic)]
        for number in range(len(needed) + 1):
            allowed = [{"Effect": "Allow", "Action": action, "Resource": resource} for action, resource in needed[:number]]
            client("iam").put_role_policy(RoleName="analysis", PolicyName="p", PolicyDocument=json.dumps({"Statement": [
                {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}, *allowed]}))
            told = self.analysis()
            if number < len(needed):
                action, resource = needed[number]
                self.assertRegex(told["error"], "^(Athena.AccessDeniedException|SNS.AuthorizationErrorException)$")
                self.assertTrue(told["cause"].startswith(f"{ROLE} is not authorized to perform: {action} on resource: {resource.rstrip('*')}"), told)
        self.assertEqual(told["status"], "SUCCEEDED")
