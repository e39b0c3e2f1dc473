import json
import time
from unittest import mock

from ministack import app as emulator
from ministack.services import cloudwatch, sns
from provisioners.cloudwatch import _evaluate_all

from tests.alarms import ALARM, NOW, CloudWatch, evaluate, put
from tests.support import Resource


class Actions(CloudWatch):
    def setUp(self) -> None:
        super().setUp()
        self.messages: list[str] = []
        self.enterContext(mock.patch.object(sns, "_fanout", lambda arn, _, message, subject: self.messages.append(
            f"{arn.rsplit(':', 1)[1]} {json.loads(message)['NewStateValue']}")))
        arns = {name: Resource("AWS::SNS::Topic", {"TopicName": name}).id for name in ("alarm", "ok", "none")}
        self.actions = {"AlarmActions": [arns["alarm"]], "OKActions": [arns["ok"]], "InsufficientDataActions": [arns["none"]]}

    def test_each_change_of_state_is_published_once(self) -> None:
        Resource("AWS::CloudWatch::Alarm", {**ALARM, **self.actions})
        put(9, 9, 9)
        for at in (NOW, NOW, NOW + 3600, NOW + 3600):
            evaluate(at)
        cloudwatch._metrics.clear()
        put(1, 1, 1)
        evaluate()
        self.assertEqual(self.messages, ["alarm ALARM", "none INSUFFICIENT_DATA", "ok OK"])

    def test_actions_that_are_off_are_not_taken(self) -> None:
        Resource("AWS::CloudWatch::Alarm", {**ALARM, **self.actions, "ActionsEnabled": False})
        put(9, 9, 9)
        self.assertEqual((evaluate(), self.messages), ({"a": "ALARM"}, []))

    def test_with_iam_enforced_the_policy_of_the_topic_decides(self) -> None:
        arn = self.actions["AlarmActions"][0]
        self.enterContext(mock.patch.object(emulator, "AUTH", True))
        for source, published in {"alarm:other": [], "alarm:a": ["alarm ALARM"]}.items():
            condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudwatch:eu-central-1:222222222222:{source}"}}
            sns._topics[arn]["attributes"]["Policy"] = json.dumps({"Statement": [{
                "Effect": "Allow", "Action": "sns:Publish", "Resource": arn, "Principal": {"Service": "cloudwatch.amazonaws.com"},
                "Condition": condition}]})
            cloudwatch._alarms.clear()
            Resource("AWS::CloudWatch::Alarm", {**ALARM, **self.actions})
            put(9, 9, 9)
            evaluate()
            self.assertEqual(self.messages, published)


class Clock(CloudWatch):
    def test_one_that_stands_is_not_disturbed(self) -> None:
        Resource("AWS::CloudWatch::Alarm", ALARM)
        put(9, 9, 9)
        evaluate()
        put(1, 1, 1, now=time.time())
        cloudwatch._alarms["a"]["StateUpdatedTimestamp"] = 0
        _evaluate_all()
        self.assertEqual(cloudwatch._alarms["a"]["StateValue"], "ALARM")
        self.assertEqual(evaluate(None), {"a": "OK"})

    def test_one_that_runs_sees_data_at_once_and_its_absence_later(self) -> None:
        evaluate(None)
        Resource("AWS::CloudWatch::Alarm", ALARM)
        put(9, 9, 9, now=time.time())
        self.assertEqual(cloudwatch._alarms["a"]["StateValue"], "ALARM")
        cloudwatch._metrics.clear()
        _evaluate_all()
        self.assertEqual(cloudwatch._alarms["a"]["StateValue"], "ALARM", "a state lasts a minute")
        cloudwatch._alarms["a"]["StateUpdatedTimestamp"] -= 61
        _evaluate_all()
        self.assertEqual(cloudwatch._alarms["a"]["StateValue"], "INSUFFICIENT_DATA")

    def test_data_of_long_ago_is_kept(self) -> None:
        put(9, now=1_000_000)
        cloudwatch._evict_old_metrics()
        Resource("AWS::CloudWatch::Alarm", {**ALARM, "EvaluationPeriods": 1})
        self.assertEqual(evaluate(1_000_000), {"a": "ALARM"})
