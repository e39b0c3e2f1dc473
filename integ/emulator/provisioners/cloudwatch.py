"""AWS::CloudWatch::Alarm: alarms that look at their own metric, at each period, and at data that does not come.

They are evaluated when data is put and every second, by the clock of this machine. `POST /_cloudwatch/evaluate` with
`{"at": SECONDS}` stops the clock of the caller's account and Region at that time and evaluates its alarms once; from
then on only further calls do, so that nothing changes behind a test's back. `{}` or `{"at": null}` lets the clock run
again. The answer tells the state of each alarm.

AWS looks back a little farther than the evaluation periods when data is missing there; how far it does not say.
"""

from __future__ import annotations

import contextlib
import operator
import threading
import time
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, get_account_id, request_scope
from ministack.services import cloudwatch, sns
from ministack.services.cloudformation import provisioners as engine

from . import Properties, metric_math, routes

_COMPARISONS = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanOrEqualToThreshold": operator.le,
    "LessThanThreshold": operator.lt,
}

_clocks = AccountRegionScopedDict()  # "at" -> where the clock of an account and Region stands
_lock = threading.RLock()  # a change of state is published once


def _statistic(metric: Properties, statistic: str, unit: str | None, start: float, end: float) -> float | None:
    key = (metric["Namespace"], metric["MetricName"], cloudwatch._dims_key(cloudwatch._dims_from_list(metric.get("Dimensions") or [])))
    points = [point for point in cloudwatch._metrics.get(key) or [] if start < point["Timestamp"] <= end and unit in (None, point["Unit"])]
    return cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points) if points else None


def _datapoints(alarm: Properties, now: float) -> list[float | None]:
    """One value for each period up to now, None where there is no data."""
    period = alarm["Period"]
    points: list[float | None] = []
    for age in range(alarm["EvaluationPeriods"]):
        end = now - age * period
        if alarm.get("Metrics"):
            points.append(metric_math.returned(alarm["Metrics"], lambda stat: _statistic(
                stat["Metric"], stat["Stat"], stat.get("Unit"), end - period, end)))
        else:
            statistic = alarm.get("ExtendedStatistic") or alarm["Statistic"]
            points.append(_statistic(alarm, statistic, alarm.get("Unit"), end - period, end))
    return points


def _state(alarm: Properties, points: list[float | None]) -> str:
    """As in the tables of "Configuring how alarms treat missing data" in the user guide of CloudWatch."""
    breaches = _COMPARISONS[alarm["ComparisonOperator"]]
    present = [breaches(point, alarm["Threshold"]) for point in points if point is not None]
    breaching, missing = sum(present), len(points) - len(present)
    needed = alarm.get("DatapointsToAlarm") or alarm["EvaluationPeriods"]
    treatment = alarm.get("TreatMissingData") or "missing"
    if alarm.get("Namespace") == "AWS/DynamoDB":
        treatment = "ignore"  # whatever the alarm says
    if breaching + (missing if treatment == "breaching" else 0) >= needed:
        return "ALARM"
    if treatment in ("breaching", "notBreaching"):
        return "OK"
    if not present:
        return alarm["StateValue"] if treatment == "ignore" else "INSUFFICIENT_DATA"
    if breaching < min(needed, len(present)):
        return "OK"
    return alarm["StateValue"] if treatment == "ignore" else "ALARM"


def _evaluate(alarm: Properties, now: float) -> None:
    with _lock:
        points = _datapoints(alarm, now)
        old, new = alarm["StateValue"], _state(alarm, points)
        if old == new:
            return
        reason = f"{new}: datapoints {points}, the latest first, {alarm['ComparisonOperator']} {alarm['Threshold']}"
        alarm.update(StateValue=new, StateReason=reason, StateUpdatedTimestamp=int(time.time()))
        cloudwatch._record_history(alarm["AlarmName"], old, new, reason)
        cloudwatch._dispatch_alarm_actions(alarm, old, new, reason)
        cloudwatch._evaluate_parent_alarms(alarm)


def _evaluate_by_clock(alarm: Properties) -> None:
    if "at" not in _clocks:
        _evaluate(alarm, time.time())


def _set_clock(body: dict[str, Any]) -> dict[str, str]:
    _clocks.pop("at", None)
    if body.get("at") is not None:
        _clocks["at"] = float(body["at"])
    for alarm in cloudwatch._alarms.values():
        _evaluate(alarm, _clocks.get("at", time.time()))
    return {name: alarm["StateValue"] for name, alarm in cloudwatch._alarms.items()}


def _evaluate_all() -> None:
    for (account, region, _), alarm in cloudwatch._alarms.all_items():
        # AWS, too, looks once a minute: a state that SetAlarmState gave lasts as long.
        if time.time() - alarm["StateUpdatedTimestamp"] >= min(60, alarm["Period"]):
            with request_scope(account, region), contextlib.suppress(ValueError, KeyError):  # the route tells them
                _evaluate_by_clock(alarm)


def start_clock() -> None:
    timer = threading.Timer(1, lambda: (_evaluate_all(), start_clock()))
    timer.daemon = True
    timer.start()


def _ask_topics(dispatch):
    """With IAM enforced, a topic gets what its policy lets this alarm publish."""

    def asked(alarm: Properties, *change: str) -> None:
        def allows(topic: str) -> bool:
            return sns.topic_policy_allows(topic, "cloudwatch.amazonaws.com", alarm["AlarmArn"], get_account_id())

        lists = ("AlarmActions", "OKActions", "InsufficientDataActions")
        dispatch({**alarm, **{name: list(filter(allows, alarm.get(name) or [])) for name in lists}}, *change)

    return asked


def _with_metrics(record):
    def alarm(name: str, props: Properties) -> Properties:
        metrics = props.get("Metrics")
        if not metrics:
            return record(name, props)
        period = next(metric["MetricStat"]["Period"] for metric in metrics if "MetricStat" in metric)
        made = record(name, {**props, "Metrics": None, "MetricName": "math", "Namespace": "math", "Period": period})
        return {key: value for key, value in made.items() if key not in ("MetricName", "Namespace", "Statistic")} | {"Metrics": metrics}

    return alarm


def install() -> None:
    routes.route("/_cloudwatch/evaluate", _set_clock)
    cloudwatch._evaluate_alarm = _evaluate_by_clock
    cloudwatch._evict_old_metrics = lambda: None  # the clock may stand anywhere
    cloudwatch._dispatch_alarm_actions = _ask_topics(cloudwatch._dispatch_alarm_actions)
    engine._cw_metric_alarm_record = _with_metrics(engine._cw_metric_alarm_record)
