import json
import time
import unittest

from ministack.core.responses import request_scope
from ministack.services import iam, scheduler, sqs, stepfunctions

from tests.sdk import ACCOUNT, REGION, client, control
from tests.support import Resource, body

TYPE, ROLE = "AWS::Scheduler::Schedule", f"arn:aws:iam::{ACCOUNT}:role/schedule"


class Schedules(unittest.TestCase):
    def setUp(self) -> None:
        for service in (iam, scheduler, sqs, stepfunctions):
            service.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.addCleanup(control, "/_iam/enforce", {"on": False})
        self.api = client("scheduler")
        self.machine = Resource("AWS::StepFunctions::StateMachine", {
            "RoleArn": ROLE, "DefinitionString": json.dumps({"StartAt": "Only", "States": {"Only": {"Type": "Pass", "End": True}}})}, "Machine")
        self.letters = client("sqs").create_queue(QueueName="letters")["QueueUrl"]

    def said(self, target: dict | None = None, **changes: object) -> dict:
        return {
            "Name": "daily", "ScheduleExpression": "cron(0 6 * * ? *)", "ScheduleExpressionTimezone": "Europe/Berlin", "State": "ENABLED",
            "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": "15"}, "StartDate": "2020-01-01T00:00:00Z",
            "KmsKeyArn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k", "Description": "analysis",
            "Target": {
                "Arn": self.machine.id, "RoleArn": ROLE, "Input": '{"at": "<aws.scheduler.scheduled-time>", "x": "<aws.scheduler.other>"}',
                "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": "3600"},
                "DeadLetterConfig": {"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:letters"}, **(target or {})}, **changes}

    def fire(self) -> dict:
        return control("/_scheduler/fire", {"name": "daily"})

    def test_all_settings_are_read_back_changed_and_removed(self) -> None:
        schedule = Resource(TYPE, self.said())
        told = self.api.get_schedule(Name="daily")
        self.assertEqual((told["Arn"], told["StartDate"].timestamp(), told["ScheduleExpressionTimezone"], told["KmsKeyArn"], told["Description"]), (
            schedule.attributes["Arn"], 1_577_836_800, "Europe/Berlin", self.said()["KmsKeyArn"], "analysis"))
        self.assertEqual(body(scheduler._get_schedule("daily", {}))["StartDate"], 1_577_836_800)
        self.assertEqual(told["FlexibleTimeWindow"], {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15})
        self.assertEqual(told["Target"], {**self.said()["Target"], "RetryPolicy": {"MaximumRetryAttempts": 3, "MaximumEventAgeInSeconds": 3600}})
        schedule.update(self.said(State="DISABLED", ScheduleExpression="rate(1 hour)"))
        told = self.api.get_schedule(Name="daily")
        self.assertEqual((told["State"], told["ScheduleExpression"]), ("DISABLED", "rate(1 hour)"))
        schedule.update(self.said(Name="other"))
        self.assertEqual([each["Name"] for each in self.api.list_schedules()["Schedules"]], ["other"])
        schedule.delete()
        self.assertEqual(self.api.list_schedules()["Schedules"], [])

    def test_what_aws_refuses(self) -> None:
        for changes, reason in (
            ({"Name": "a b"}, "regular expression"), ({"Colour": 1}, "does not know Colour"), ({"GroupName": "absent"}, "group absent does not exist"),
            ({"Target": {"Arn": self.machine.id}}, "roleArn' failed to satisfy"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                Resource(TYPE, self.said(**changes))

    def test_a_schedule_is_fired_now(self) -> None:
        Resource(TYPE, self.said())
        fired = self.fire()
        told = client("stepfunctions").describe_execution(executionArn=fired["executionArn"])
        self.assertEqual((told["stateMachineArn"], told["input"]), (self.machine.id, fired["input"]))
        self.assertRegex(told["input"], r'^\{"at": "20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", "x": "<aws.scheduler.other>"\}$')
        with self.assertRaisesRegex(ValueError, "there is no schedule default/none"):
            control("/_scheduler/fire", {"name": "none"})

    def test_the_clock_fires_it_too(self) -> None:
        Resource(TYPE, self.said(ScheduleExpression="rate(1 minute)"))
        scheduler._schedules["default/daily"]["CreationDate"] = time.time() - 120
        scheduler._tick_schedules()
        [told] = client("stepfunctions").list_executions(stateMachineArn=self.machine.id)["executions"]
        self.assertRegex(client("stepfunctions").describe_execution(executionArn=told["executionArn"])["input"], '"at": "20')

    def test_a_queue_is_a_target_too(self) -> None:
        Resource(TYPE, self.said({"Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:letters", "Input": "hello"}))
        self.fire()
        self.assertEqual([each["Body"] for each in client("sqs").receive_message(QueueUrl=self.letters)["Messages"]], ["hello"])

    def dead_letter(self) -> dict:
        [letter] = client("sqs").receive_message(QueueUrl=self.letters, MessageAttributeNames=["All"])["Messages"]
        return {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()} | {"body": letter["Body"]}

    def test_what_can_not_be_delivered_is_a_dead_letter(self) -> None:
        absent = self.machine.id + "x"
        made = Resource(TYPE, self.said({"Arn": absent, "Input": "hello"}))
        self.assertEqual(self.fire(), {"input": "hello", "error": f"{absent} does not exist"})
        letter = self.dead_letter()
        self.assertEqual((letter["body"], letter["SCHEDULE_ARN"], letter["TARGET_ARN"], letter["ERROR_CODE"]),
                         ("hello", made.attributes["Arn"], absent, "RESOURCE_NOT_FOUND"))

    def test_with_iam_enforced_the_role_decides(self) -> None:
        Resource(TYPE, self.said())
        client("iam").create_role(RoleName="schedule", AssumeRolePolicyDocument=json.dumps({"Statement": [
            {"Effect": "Allow", "Principal": {"Service": "scheduler.amazonaws.com"}, "Action": "sts:AssumeRole"}]}))
        control("/_iam/enforce", {"on": True})
        self.assertEqual(self.fire()["error"], f"{ROLE} is not authorized to perform: states:StartExecution on resource: {self.machine.id}")
        client("iam").put_role_policy(RoleName="schedule", PolicyName="p", PolicyDocument=json.dumps({"Statement": [
            {"Effect": "Allow", "Action": "states:StartExecution", "Resource": self.machine.id},
            {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": "*"}]}))
        self.assertIn("executionArn", self.fire())
