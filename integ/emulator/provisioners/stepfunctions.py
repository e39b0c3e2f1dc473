"""AWS::StepFunctions::StateMachine: tasks of Athena, and logging and tracing as the API tells them.

With IAM enforced, what a task asks of Athena, SNS and SQS is weighed against the role of the state machine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from ministack import app as emulator
from ministack.core.responses import get_account_id, get_region
from ministack.services import athena, stepfunctions

from . import Properties, athena_queries, mend_type
from .api_model import request
from .json_operations import Refusal
from .roles import denied, may

_TYPE = "AWS::StepFunctions::StateMachine"
_OPTIMIZED, _POLL = "arn:aws:states:::", 0.05
_ATHENA = f"{_OPTIMIZED}athena:"
_DENIED = {"athena": "Athena.AccessDeniedException", "sns": "SNS.AuthorizationErrorException", "sqs": "SQS.AccessDeniedException"}
_TIMES = ("SubmissionDateTime", "CompletionDateTime")
_role: ContextVar[str] = ContextVar("_role")


def _mend_machine(arn: str, old: Properties | None, new: Properties) -> None:
    said = request("stepfunctions", "CreateStateMachine", {
        name: new[name] for name in ("LoggingConfiguration", "TracingConfiguration") if name in new})
    stepfunctions._state_machines[arn].update(
        loggingConfiguration=said.get("loggingConfiguration", {"level": "OFF", "includeExecutionData": False}),
        tracingConfiguration=said.get("tracingConfiguration", {"enabled": False}))


# Tasks of Athena.

def _start(resource: str, said: Properties) -> Properties:
    started = athena_queries.start(said, _role.get())
    if not resource.endswith(".sync"):
        return started
    execution = athena_queries.existing(started)
    while "CompletionDateTime" not in execution["Status"]:
        time.sleep(_POLL)
    told = _told(execution)
    if execution["Status"]["State"] != "SUCCEEDED":
        raise stepfunctions._ExecutionError("States.TaskFailed", json.dumps(told["QueryExecution"]))
    return told


def _told(execution: Properties) -> Properties:
    """Times are in milliseconds here, as in all that optimized integrations tell."""
    status = {name: int(value * 1000) if name in _TIMES else value for name, value in execution["Status"].items()}
    return {"QueryExecution": {**athena._execution_out(execution), "Status": status}}


_TASKS = {
    "startQueryExecution": _start,
    "getQueryExecution": lambda _, said: _told(athena_queries.existing(said)),
    "getQueryResults": lambda _, said: athena_queries.results(said, _role.get()),
    "stopQueryExecution": lambda _, said: athena_queries.stop(said),
}


def _task(resource: str, said: Properties) -> Any:
    action = resource.removeprefix(_ATHENA).removesuffix(".sync")
    try:
        return _TASKS[action](resource, said)
    except Refusal as refusal:
        raise stepfunctions._ExecutionError(f"Athena.{refusal.code}", str(refusal)) from None


# What the role of a state machine may do.

def _asked(task: str, said: Properties) -> Iterator[tuple[str, str]]:
    """Action and resource of all that is weighed of a task."""
    service, _, action = task.removeprefix(_OPTIMIZED).partition(":")
    action = f"{service}:{action[:1].upper()}{action[1:]}".removesuffix(".sync")
    if service == "athena":
        group = athena._arn_workgroup(athena._executions.get(said.get("QueryExecutionId"), said).get("WorkGroup", "primary"))
        yield action, group
        if task.endswith(".sync"):
            yield "athena:GetQueryExecution", group  # so it learns of the end
    elif service == "sns":
        yield action, said.get("TopicArn") or said.get("TargetArn", "")
    elif service == "sqs":
        yield action, f"arn:aws:sqs:{get_region()}:{get_account_id()}:{said.get('QueueUrl', '').rsplit('/', 1)[-1]}"


def _weighed(invoke):
    def invoked(resource: str, said: Any) -> Any:
        for action, asked in _asked(resource, said) if emulator.AUTH and isinstance(said, dict) else ():
            if not may(_role.get(), action, asked):
                name = _DENIED[action.partition(":")[0]]
                raise stepfunctions._ExecutionError(name, denied(_role.get(), action, asked))
        return invoke(resource, said)

    return invoked


def _with_role(run):
    def running(execution_arn: str) -> None:
        execution = stepfunctions._executions.get(execution_arn) or {}
        _role.set((stepfunctions._state_machines.get(execution.get("stateMachineArn")) or {}).get("roleArn", ""))
        run(execution_arn)

    return running


def install() -> None:
    mend_type(_TYPE, _mend_machine)
    stepfunctions._run_execution = _with_role(stepfunctions._run_execution)
    stepfunctions._invoke_resource = _weighed(stepfunctions._invoke_resource)
    for action in _TASKS:
        stepfunctions._SERVICE_DISPATCH[_ATHENA + action] = _task
