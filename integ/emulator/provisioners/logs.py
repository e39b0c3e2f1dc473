"""AWS::Logs: metric filters that make metrics of log lines, and query definitions of Logs Insights, which are recorded."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from ministack.core.responses import new_uuid
from ministack.services import cloudwatch, cloudwatch_logs

from . import Properties, add_type, ok, store
from .api_model import refusal, request
from .json_operations import Refusal, add_operations, answer, page
from .log_patterns import PatternError, compile_pattern

_DEFINITION = "AWS::Logs::QueryDefinition"
_PAGE = 1000
_definitions = store(cloudwatch_logs)


# Metric filters.

def _checked(put: Callable[[Properties], tuple]) -> Callable[[Properties], tuple]:
    def check(said: Properties) -> None:
        try:
            compile_pattern(said.get("filterPattern", ""))
        except PatternError as error:
            raise Refusal(str(error), "InvalidParameterException") from None
        for each in said["metricTransformations"]:
            if each.get("dimensions") and "defaultValue" in each:
                raise Refusal("Invalid metric transformation: dimensions and default value are mutually exclusive properties.",
                              "InvalidParameterException")

    def checked(said: Properties) -> tuple:
        refused = answer(check, said)
        return put(said) if refused[0] == 200 else refused

    return checked


def _measuring(put: Callable[[Properties], tuple]) -> Callable[[Properties], tuple]:
    def measured(said: Properties) -> tuple:
        answered = put(said)
        if answered[0] == 200:
            for each in cloudwatch_logs._metric_filters.values():
                if each["logGroupName"] == said["logGroupName"]:
                    _measure(each, said["logEvents"])
        return answered

    return measured


def _measure(metric_filter: Properties, events: list[Properties]) -> None:
    match = compile_pattern(metric_filter["filterPattern"])
    found = [(event["timestamp"] / 1000, fields) for event in events if (fields := match(event["message"])) is not None]
    for each in metric_filter["metricTransformations"]:
        data = list(_data(each, found))
        if not found and "defaultValue" in each:
            data = [{"Timestamp": max(event["timestamp"] for event in events) / 1000, "Value": each["defaultValue"], "Dimensions": []}]
        cloudwatch._put_metric_data({}, {"Namespace": each["metricNamespace"], "MetricData": [
            {**datum, "MetricName": each["metricName"], "Unit": each.get("unit", "None")} for datum in data]}, False, True)


def _data(said: Properties, found: list[tuple[float, dict[str, str]]]) -> Iterator[Properties]:
    """One value for each line that matched; none where a field is named that has no number, or is not there."""
    for timestamp, fields in found:
        dimensions = {name: _value(field, fields) for name, field in (said.get("dimensions") or {}).items()}
        try:
            value = float(_value(said["metricValue"], fields) or "")
        except ValueError:
            continue
        if None not in dimensions.values():
            yield {"Timestamp": timestamp, "Value": value, "Dimensions": [{"Name": name, "Value": each} for name, each in dimensions.items()]}


def _value(said: str, fields: dict[str, str]) -> str | None:
    return fields.get(said[1:]) if said.startswith("$") else said


def _test_filter(said: Properties) -> Properties:
    try:
        match = compile_pattern(said["filterPattern"])
    except PatternError as error:
        raise Refusal(str(error), "InvalidParameterException") from None
    matches = [(number, line, match(line)) for number, line in enumerate(said["logEventMessages"], start=1)]
    return {"matches": [
        {"eventNumber": number, "eventMessage": line, "extractedValues": {f"${name}": value for name, value in fields.items()}}
        for number, line, fields in matches if fields is not None]}


# Query definitions.

def _put(said: Properties) -> Properties:
    faulty = refusal("logs", "PutQueryDefinitionRequest", said)
    if faulty:
        raise Refusal(faulty, "InvalidParameterException")
    name = said.get("queryDefinitionId") or new_uuid()
    kept = {key: value for key, value in said.items() if key != "clientToken"}
    _definitions[name] = {"queryLanguage": "CWLI", **kept, "queryDefinitionId": name, "lastModified": int(time.time() * 1000)}
    return {"queryDefinitionId": name}


def _describe(said: Properties) -> Properties:
    prefix = said.get("queryDefinitionNamePrefix", "")
    found = sorted((each for each in _definitions.values() if each["name"].startswith(prefix)), key=lambda each: each["name"])
    return page(found, said, "queryDefinitions", _PAGE, "maxResults", "nextToken")


def _remove(said: Properties) -> Properties:
    if said["queryDefinitionId"] not in _definitions:
        raise Refusal("The specified query definition does not exist.", "ResourceNotFoundException")
    _definitions.pop(said["queryDefinitionId"])
    return {"success": True}


def _create_definition(logical_id: str, props: Properties, stack_name: str):
    return _update_definition("", {}, props, stack_name)


def _update_definition(name: str, old: Properties, new: Properties, stack_name: str):
    said = request("logs", "PutQueryDefinition", {**new, **({"queryDefinitionId": name} if name else {})})
    made = ok(answer(_put, said))["queryDefinitionId"]
    return made, {"QueryDefinitionId": made}


def _delete_definition(name: str, props: Properties) -> None:
    _definitions.pop(name, None)


def install() -> None:
    cloudwatch_logs._put_metric_filter = _checked(cloudwatch_logs._put_metric_filter)
    cloudwatch_logs._put_log_events = _measuring(cloudwatch_logs._put_log_events)
    add_type(_DEFINITION, _create_definition, _delete_definition, _update_definition)
    add_operations(
        cloudwatch_logs, DeleteQueryDefinition=_remove, DescribeQueryDefinitions=_describe, PutQueryDefinition=_put, TestMetricFilter=_test_filter)
