import json
from unittest import mock

from ministack import app as emulator
from ministack.services import eventbridge, sns, sqs

from tests.support import Resource, body
from tests.test_lambda import FAILS, Lambda, arn, messages



def allow_events(queue: str) -> None:
    sqs._queue_by_arn(arn("sqs", queue))["attributes"]["Policy"] = json.dumps({"Statement": [{
        "Effect": "Allow", "Action": "sqs:SendMessage", "Resource": arn("sqs", queue), "Principal": {"Service": "events.amazonaws.com"},
        "Condition": {"ArnEquals": {"aws:SourceArn": arn("events", "rule/r")}}}]})


class EventBridge(Lambda):
    def setUp(self) -> None:
        super().setUp()
        eventbridge.reset()
        Resource("AWS::SQS::Queue", {"QueueName": "dead"})

    def rule(self, target: str, **properties: object) -> Resource:
        return Resource("AWS::Events::Rule", {
            "Name": "r", "State": "ENABLED", "EventPattern": {"source": ["aws.backup"]},
            "Targets": [{"Id": "t", "Arn": target, "DeadLetterConfig": {"Arn": arn("sqs", "dead")}}], **properties})

    def put(self) -> None:
        entry = {"Source": "aws.backup", "DetailType": "Copy Job State Change", "Detail": '{"state": "FAILED"}'}
        self.assertEqual(body(eventbridge._put_events({"Entries": [entry]}))["FailedEntryCount"], 0)

    def test_a_function_gets_the_event_as_on_aws_with_retries_and_its_own_dead_letter_queue(self) -> None:
        Resource("AWS::SQS::Queue", {"QueueName": "own"})
        self.function(FAILS, DeadLetterConfig={"TargetArn": arn("sqs", "own")})
        self.rule(arn("lambda", "function:f"))
        self.put()
        event = json.loads(messages("own")[0]["body"])
        self.assertEqual((self.executions.call_count, messages("dead", 0)), (3, []))
        self.assertEqual(self.executions.call_args.args[1], event)
        self.assertEqual(sorted(event), ["account", "detail", "detail-type", "id", "region", "resources", "source", "time", "version"])
        told = (event["source"], event["detail-type"], event["detail"])
        self.assertEqual(told, ("aws.backup", "Copy Job State Change", {"state": "FAILED"}))
        self.assertRegex(event["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")

    def test_what_no_target_is_there_to_take_goes_to_the_dead_letter_queue_of_the_target(self) -> None:
        for count, target in enumerate((
            arn("lambda", "function:gone"), arn("sns", "gone"), arn("sqs", "gone"), arn("states", "stateMachine:gone"),
            "arn:aws:sns:eu-central-1:1:other", "nonsense",
        ), 1):
            rule = self.rule(target)
            self.put()
            message = messages("dead", count)[-1]
            self.assertEqual(len(messages("dead", count)), count, target)
            self.assertEqual(json.loads(message["body"])["detail"], {"state": "FAILED"})
            told = {name: value["StringValue"] for name, value in message["message_attributes"].items()}
            self.assertEqual((told["RULE_ARN"], told["TARGET_ARN"]), (arn("events", "rule/r"), target))
            self.assertIn(target, told["ERROR_MESSAGE"])
            rule.delete()

    def test_what_is_delivered_goes_to_no_dead_letter_queue(self) -> None:
        Resource("AWS::SQS::Queue", {"QueueName": "q"})
        self.rule(arn("sqs", "q"))
        self.put()
        self.assertEqual((len(messages("q")), messages("dead", 0)), (1, []))

    def test_without_a_dead_letter_queue_it_is_lost(self) -> None:
        self.rule(arn("sns", "gone"), Targets=[{"Id": "t", "Arn": arn("sns", "gone")}])
        self.put()
        self.assertEqual(messages("dead", 0), [])

    def test_with_iam_enforced_the_policies_of_topic_and_queues_decide(self) -> None:
        topic = Resource("AWS::SNS::Topic", {"TopicName": "t"}).id
        sns._topics[topic]["attributes"]["Policy"] = '{"Statement": []}'
        self.rule(topic)
        self.enterContext(mock.patch.object(emulator, "AUTH", True))
        self.put()
        self.assertEqual(messages("dead", 0), [], "the queue does not let the rule in either")
        allow_events("dead")
        self.put()
        self.assertEqual(messages("dead")[0]["message_attributes"]["ERROR_CODE"]["StringValue"], "NO_PERMISSIONS")
