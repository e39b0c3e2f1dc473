"""AWS::Scheduler::Schedule: all its settings, and targets that get what EventBridge Scheduler sends them.

`POST /_scheduler/fire {"name": "…", "group": "default"}` fires a schedule now, as its expression would, and answers what it
has reached. Dead letters are sent at once, without the retries of AWS. With IAM enforced the role of the schedule is
weighed. Expressions are read in UTC, whatever their time zone.
"""

from __future__ import annotations

import re
import time
from datetime import datetime, timezone

from botocore.utils import parse_timestamp
from ministack import app as emulator
from ministack.core.responses import get_account_id, new_uuid
from ministack.services import eventbridge, scheduler, stepfunctions
from ministack.services.cloudformation.provisioners import _physical_name

from . import Properties, add_type, dead_letters, ok, replace_on_change, routes
from .api_model import refusal, request
from .eventbridge import refusal_of
from .roles import denied, may

_TYPE = "AWS::Scheduler::Schedule"
_ACTIONS = {"states": "states:StartExecution", "lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}


def _said(name: str, props: Properties) -> Properties:
    said = request("scheduler", "CreateSchedule", {**props, "Name": name})
    said.update({each: parse_timestamp(said[each]).timestamp() for each in ("StartDate", "EndDate") if each in said})
    faulty = refusal("scheduler", "CreateScheduleInput", {each: value for each, value in said.items() if not each.endswith("Date")})
    if faulty:
        raise ValueError(faulty)
    return said


def _create(logical_id: str, props: Properties, stack_name: str):
    name = props.get("Name") or _physical_name(stack_name, logical_id, max_len=64)
    return name, {"Arn": ok(scheduler._create_schedule(name, _said(name, props)))["ScheduleArn"]}


def _update(name: str, old: Properties, new: Properties, stack_name: str):
    return name, {"Arn": ok(scheduler._update_schedule(name, _said(name, new)))["ScheduleArn"]}


def _delete(name: str, props: Properties) -> None:
    scheduler._delete_schedule(name, {"groupName": props.get("GroupName", "default")})


def _refusal(target: Properties, schedule: str) -> tuple[str, str] | None:
    """Why nothing can be delivered: code and message."""
    service = target["Arn"].split(":")[2]
    asked = target["RoleArn"], _ACTIONS.get(service, f"{service}:*"), target["Arn"]
    if emulator.AUTH and not may(*asked):
        return "AccessDeniedException", denied(*asked)
    return refusal_of(target["Arn"], schedule)


def _input(target: Properties, schedule: str, execution: str, at: float) -> str:
    words = {
        "schedule-arn": schedule, "scheduled-time": datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "execution-id": execution, "attempt-number": "1"}
    return re.sub(r"<aws\.scheduler\.([a-z-]+)>", lambda found: words.get(found[1], found[0]), target.get("Input") or "{}")


def _send(schedule: Properties, at: float) -> Properties:
    target, arn, execution = schedule["Target"], schedule["Arn"], new_uuid()
    sent = _input(target, arn, execution, at)
    refused = _refusal(target, arn)
    if refused:
        queue = (target.get("DeadLetterConfig") or {}).get("Arn")
        if queue:
            dead_letters.send(queue, sent, {
                "SCHEDULE_ARN": arn, "TARGET_ARN": target["Arn"], "ERROR_CODE": refused[0], "ERROR_MESSAGE": refused[1],
                "EXECUTION_ID": execution, "RETRY_ATTEMPTS": 0})
        return {"input": sent, "error": refused[1]}
    if target["Arn"].split(":")[2] == "states":
        return {"input": sent, **ok(stepfunctions._start_execution({"stateMachineArn": target["Arn"], "input": sent, "name": execution}))}
    settings = {name: target[name] for name in ("Arn", "SqsParameters") if name in target}
    eventbridge._invoke_target({**settings, "Input": sent}, {"Source": "aws.scheduler"}, {"Arn": arn})
    return {"input": sent}


def _deliver(behind):
    """The clock of the emulator fires schedules as if they were rules of EventBridge."""

    def delivered(target: Properties, event: Properties, rule: Properties, view=None) -> None:
        if event.get("Source") == "aws.scheduler" and "ScheduleExpressionTimezone" in rule:
            _send(rule, event["Time"])
        else:
            behind(target, event, rule, view)

    return delivered


def _fire(body: Properties) -> Properties:
    name = f"{body.get('group', 'default')}/{body['name']}"
    if name not in scheduler._schedules:
        raise ValueError(f"there is no schedule {name}")
    return _send(scheduler._schedules[name], time.time())


def install() -> None:
    add_type(_TYPE, _create, _delete, _update)
    replace_on_change(_TYPE, "Name", "GroupName")
    eventbridge._invoke_target = _deliver(eventbridge._invoke_target)
    routes.route("/_scheduler/fire", _fire)
