from ministack.services import cloudwatch

from tests.alarms import ALARM, METRIC, NOW, CloudWatch, evaluate, put
from tests.support import Resource, body


class Evaluation(CloudWatch):
    def test_it_looks_at_its_own_namespace_metric_and_dimensions_only(self) -> None:
        Resource("AWS::CloudWatch::Alarm", ALARM)
        Resource("AWS::CloudWatch::Alarm", {**ALARM, "AlarmName": "bare", "Dimensions": []})
        put(9, 9, 9, tier="high")
        put(9, 9, 9, metric="other")
        self.assertEqual(evaluate(), {"a": "INSUFFICIENT_DATA", "bare": "INSUFFICIENT_DATA"})
        put(9, 9, 9)
        self.assertEqual(evaluate(), {"a": "ALARM", "bare": "INSUFFICIENT_DATA"})

    def test_m_of_n_periods_must_breach(self) -> None:
        self.assertEqual(self.state(9, 1, 9), "OK")
        self.assertEqual(self.state(9, 1, 9, DatapointsToAlarm="2"), "ALARM")
        self.assertEqual(self.state(9, 1, 1, DatapointsToAlarm=2), "OK")
        self.assertEqual(self.state(9, 9, 1, 1, 1), "OK")

    def test_the_statistic_is_of_each_period(self) -> None:
        def state(statistic: str, threshold: float) -> str:
            cloudwatch.reset()
            Resource("AWS::CloudWatch::Alarm", {**ALARM, "EvaluationPeriods": 1, "Statistic": statistic, "Threshold": threshold})
            for value in (2, 4):
                put(100, value)
            return evaluate()["a"]

        for statistic, value in {"Sum": 6, "Average": 3, "Minimum": 2, "Maximum": 4, "SampleCount": 2}.items():
            self.assertEqual((state(statistic, value - 0.5), state(statistic, value + 0.5)), ("ALARM", "OK"), statistic)

    def test_each_comparison(self) -> None:
        for comparison, states in {
            "GreaterThanThreshold": ["OK", "OK", "ALARM"], "GreaterThanOrEqualToThreshold": ["OK", "ALARM", "ALARM"],
            "LessThanThreshold": ["ALARM", "OK", "OK"], "LessThanOrEqualToThreshold": ["ALARM", "ALARM", "OK"],
        }.items():
            self.assertEqual([self.state(value, value, value, ComparisonOperator=comparison) for value in (4, 5, 6)], states)

    def test_missing_data_counts_as_the_tables_of_aws_say(self) -> None:
        kept = "INSUFFICIENT_DATA"  # the state of a new alarm
        none, low, high = (None, None, None), (None, None, 1), (None, 9, None)
        for needed, values, missing, ignore, breaching, not_breaching in (
            (3, none, kept, kept, "ALARM", "OK"),
            (3, low, "OK", "OK", "OK", "OK"),
            (3, high, "ALARM", kept, "ALARM", "OK"),
            (2, low, "OK", "OK", "ALARM", "OK"),
            (2, high, "ALARM", kept, "ALARM", "OK"),
            (2, (1, 9, None), "OK", "OK", "ALARM", "OK"),
        ):
            states = [self.state(*values, DatapointsToAlarm=needed, TreatMissingData=treatment)
                      for treatment in ("missing", "ignore", "breaching", "notBreaching")]
            self.assertEqual(states, [missing, ignore, breaching, not_breaching], (needed, values))

    def test_a_state_is_kept_or_lost_when_data_ends(self) -> None:
        for treatment, state in {"ignore": "ALARM", "missing": "INSUFFICIENT_DATA", "notBreaching": "OK"}.items():
            self.assertEqual(self.state(9, 9, 9, TreatMissingData=treatment), "ALARM")
            self.assertEqual(evaluate(NOW + 3600)["a"], state)

    def test_dynamodb_ignores_missing_data_whatever_the_alarm_says(self) -> None:
        self.assertEqual(self.state(Namespace="AWS/DynamoDB", TreatMissingData="breaching"), "INSUFFICIENT_DATA")

    def test_an_update_takes_effect_and_a_deleted_alarm_is_gone(self) -> None:
        alarm = Resource("AWS::CloudWatch::Alarm", {**ALARM, "DatapointsToAlarm": 1, "TreatMissingData": "ignore"})
        put(1, 1, 9)
        self.assertEqual(evaluate(), {"a": "ALARM"})
        alarm.update({**ALARM, "Threshold": 10, "TreatMissingData": "breaching"})
        read = body(cloudwatch._describe_alarms({}, {}, False, True))["MetricAlarms"][0]
        self.assertEqual((read["Dimensions"], read["TreatMissingData"], "DatapointsToAlarm" in read), (ALARM["Dimensions"], "breaching", False))
        self.assertEqual(evaluate(), {"a": "OK"})
        alarm.delete()
        self.assertEqual(evaluate(), {})


class MetricMath(CloudWatch):
    def state_of(self, expression: str) -> str:
        def stat(metric_id: str, name: str) -> dict:
            metric = {**METRIC, "MetricName": name}
            return {"Id": metric_id, "ReturnData": "false", "MetricStat": {"Metric": metric, "Period": "300", "Stat": "Sum"}}

        cloudwatch._alarms.clear()
        Resource("AWS::CloudWatch::Alarm", {
            "AlarmName": "a", "EvaluationPeriods": 1, "Threshold": 5, "ComparisonOperator": "GreaterThanThreshold",
            "Metrics": [{"Id": "e", "Expression": expression}, stat("m1", "m"), stat("m2", "n")]})
        return evaluate()["a"]

    def test_an_expression_is_evaluated_with_missing_data(self) -> None:
        put(4)
        for expression, state in {
            "m1 + 2": "ALARM", "m1 * -2": "OK", "m1 + m2": "INSUFFICIENT_DATA", "m1 + FILL(m2, 2)": "ALARM", "m1 / 0": "INSUFFICIENT_DATA",
            "MAX([m1, m2]) / 0.5 - 1": "ALARM", "MIN([FILL(m1, 9), 9])": "OK", "IF(m1 > 3, 6, 1)": "ALARM", "IF(m1 > 4, 6, 1)": "OK",
        }.items():
            self.assertEqual(self.state_of(expression), state, expression)

    def test_what_it_can_not_evaluate_is_told(self) -> None:
        with self.assertRaisesRegex(AssertionError, r"can not evaluate: RATE\(m1\)"):
            self.state_of("RATE(m1)")
