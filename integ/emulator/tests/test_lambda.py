import json
import time
import unittest
import warnings
from unittest import mock

from ministack.core import lambda_runtime
from ministack.core.responses import get_account_id, get_region
from ministack.services import lambda_svc, sns, sqs

from tests.support import Resource, body

FUNCTION = "AWS::Lambda::Function"
PYTHON = {"FunctionName": "f", "Runtime": "python3.12", "Handler": "index.handler", "Role": "arn:aws:iam::1:role/r"}
FAILS = "class TooLate(Exception): pass\ndef handler(event, context): raise TooLate('it is')"
NODE_FAILS = "exports.handler = async () => { const error = new Error('it is'); error.name = 'TooLate'; throw error; }"


def arn(service: str, name: str) -> str:
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{name}"


def messages(queue: str, count: int = 1) -> list[dict]:
    """Waits until so many messages are in a queue."""
    deadline = time.monotonic() + 10
    while len(found := sqs._queue_by_arn(arn("sqs", queue))["messages"]) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return found


class Lambda(unittest.TestCase):
    def setUp(self) -> None:
        self.enterContext(warnings.catch_warnings(action="ignore", category=ResourceWarning))  # workers that are killed
        for service in (lambda_svc, sns, sqs):
            service.reset()
        self.addCleanup(lambda_runtime.reset)
        self.enterContext(mock.patch.object(lambda_svc, "_LAMBDA_ASYNC_RETRY_BASE_SECONDS", 0.01))
        self.executions = self.enterContext(mock.patch.object(lambda_svc, "_execute_function", wraps=lambda_svc._execute_function))

    def function(self, code: str = FAILS, **properties: object) -> Resource:
        return Resource(FUNCTION, {**PYTHON, "Code": {"ZipFile": code}, **properties})

    def invoke(self) -> dict:
        return lambda_svc._execute_function(lambda_svc._functions["f"], {"a": 1})


class Properties(Lambda):
    def test_reserved_concurrency_is_read_back_acts_and_is_removed(self) -> None:
        function = self.function("def handler(event, context): return 7", ReservedConcurrentExecutions="0")
        self.assertEqual(body(lambda_svc._get_function_concurrency("f")), {"ReservedConcurrentExecutions": 0})
        self.assertIn("Rate Exceeded", self.invoke()["body"]["message"])
        function.update({**PYTHON, "Code": {"ZipFile": "def handler(event, context): return 7"}, "ReservedConcurrentExecutions": 1})
        self.assertEqual(body(lambda_svc._get_function_concurrency("f")), {"ReservedConcurrentExecutions": 1})
        function.update({**PYTHON, "Code": {"ZipFile": "def handler(event, context): return 7"}})
        self.assertEqual(body(lambda_svc._get_function_concurrency("f")), {})
        self.assertEqual(self.invoke()["body"], 7)

    def test_the_dead_letter_queue_is_read_back_changed_and_removed(self) -> None:
        def read() -> dict:
            return lambda_svc._functions["f"]["config"].get("DeadLetterConfig") or {}

        function = self.function(DeadLetterConfig={"TargetArn": arn("sqs", "dead")})
        self.assertEqual(read(), {"TargetArn": arn("sqs", "dead")})
        function.update({**PYTHON, "Code": {"ZipFile": FAILS}, "DeadLetterConfig": {"TargetArn": arn("sns", "dead")}})
        self.assertEqual(read(), {"TargetArn": arn("sns", "dead")})
        function.update({**PYTHON, "Code": {"ZipFile": FAILS}})
        self.assertEqual(read(), {})

    def test_nothing_is_left_of_a_function_whose_dead_letter_queue_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "not supported"):
            self.function(DeadLetterConfig={"TargetArn": arn("lambda", "function:g")})
        self.assertEqual(list(lambda_svc._functions), [])


class Failures(Lambda):
    def test_an_error_keeps_its_name(self) -> None:
        self.function()
        self.assertEqual(self.invoke()["body"], {"errorMessage": "it is", "errorType": "TooLate"})
        self.function("def handler(event, context): return 7")
        self.assertEqual(self.invoke()["body"], 7)

    def test_an_error_of_node_keeps_its_name(self) -> None:
        self.function(NODE_FAILS, Runtime="nodejs20.x")
        self.assertEqual(self.invoke()["body"], {"errorMessage": "it is", "errorType": "TooLate"})

    def test_after_two_retries_the_dead_letter_queue_gets_the_event_and_the_destination_a_report(self) -> None:
        for queue in ("dead", "failed"):
            Resource("AWS::SQS::Queue", {"QueueName": queue})
        self.function(DeadLetterConfig={"TargetArn": arn("sqs", "dead")})
        invocation = {"FunctionName": "f", "Qualifier": "$LATEST", "DestinationConfig": {"OnFailure": {"Destination": arn("sqs", "failed")}}}
        settings = Resource("AWS::Lambda::EventInvokeConfig", invocation)
        lambda_svc.invoke_async_with_retry(lambda_svc._functions["f"], {"a": 1})
        dead, failed = messages("dead")[0], json.loads(messages("failed")[0]["body"])
        self.assertEqual(json.loads(dead["body"]), {"a": 1})
        self.assertEqual(dead["message_attributes"]["ErrorMessage"]["StringValue"], "it is")
        self.assertEqual((failed["requestPayload"], failed["responsePayload"]["errorType"]), ({"a": 1}, "TooLate"))
        self.assertEqual(self.executions.call_count, 3)
        settings.update({**invocation, "MaximumRetryAttempts": 0})
        lambda_svc.invoke_async_with_retry(lambda_svc._functions["f"], {"a": 2})
        messages("failed", 2)
        self.assertEqual(self.executions.call_count, 4)
        settings.delete()
        lambda_svc.invoke_async_with_retry(lambda_svc._functions["f"], {"a": 3})
        self.assertEqual((len(messages("dead", 3)), len(messages("failed"))), (3, 2))

    def test_a_topic_takes_dead_letters_too(self) -> None:
        topic = Resource("AWS::SNS::Topic", {"TopicName": "dead"}).id
        Resource("AWS::SQS::Queue", {"QueueName": "q"})
        Resource("AWS::SNS::Subscription", {"TopicArn": topic, "Protocol": "sqs", "Endpoint": arn("sqs", "q"), "RawMessageDelivery": True})
        self.function(DeadLetterConfig={"TargetArn": topic})
        lambda_svc.invoke_async_with_retry(lambda_svc._functions["f"], {"a": 1})
        self.assertEqual(messages("q")[0]["body"], '{"a": 1}')
