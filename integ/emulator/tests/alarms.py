"""What the tests of alarms share: an alarm, data by period, and a clock that stands."""

from __future__ import annotations

import json
import unittest

from ministack.core.responses import request_scope
from ministack.services import cloudwatch, sns

from tests.support import Resource
from tests.test_routes import post

SCOPE = ("222222222222", "eu-central-1")  # where test_routes.post calls from
NOW = 1_900_000_000
METRIC = {"Namespace": "N", "MetricName": "m", "Dimensions": [{"Name": "Tier", "Value": "low"}]}
ALARM = {
    **METRIC, "AlarmName": "a", "Statistic": "Maximum", "Period": 300, "EvaluationPeriods": 3,
    "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
}


def put(*values: float | None, metric: str = "m", tier: str = "low", now: float = NOW) -> None:
    """One datapoint in each period of five minutes, the latest last."""
    for age, value in enumerate(reversed(values)):
        if value is not None:
            cloudwatch._put_metric_data({}, {"Namespace": "N", "MetricData": [{
                "MetricName": metric, "Timestamp": now - age * 300 - 10, "Value": value, "Dimensions": [{"Name": "Tier", "Value": tier}],
            }]}, False, True)


def evaluate(at: float | None = NOW) -> dict:
    status, states = post("/_cloudwatch/evaluate", json.dumps({"at": at}).encode())
    if status != 200:
        raise AssertionError(states)
    return states


class CloudWatch(unittest.TestCase):
    def setUp(self) -> None:
        self.enterContext(request_scope(*SCOPE))
        cloudwatch.reset()
        sns.reset()
        evaluate()

    def state(self, *values: float | None, **changes: object) -> str:
        """What a fresh alarm says of this data."""
        cloudwatch.reset()
        Resource("AWS::CloudWatch::Alarm", {**ALARM, **changes})
        put(*values)
        return evaluate()["a"]
