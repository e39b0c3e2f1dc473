"""AWS::Lambda::Function: reserved concurrency and dead-letter queue, which the emulator drops, and the names of errors."""

from __future__ import annotations

import json
from contextvars import ContextVar
from typing import Any

from ministack.core import lambda_runtime
from ministack.core.responses import new_uuid
from ministack.services import lambda_svc

from . import Properties, dead_letters, mend_type, ok

_error_name: ContextVar[str | None] = ContextVar("_error_name", default=None)


def _mend_function(name: str, old: Properties | None, new: Properties) -> None:
    reserved = new.get("ReservedConcurrentExecutions")
    lambda_svc._functions[name]["concurrency"] = None if reserved is None else int(reserved)
    if "DeadLetterConfig" in {**(old or {}), **new}:
        ok(lambda_svc._update_config(name, {"DeadLetterConfig": new.get("DeadLetterConfig") or {}}))


def _fail(route):
    """Who gets an event that failed for good: its destination a report, the dead-letter queue the event itself."""

    def failed(target: str, name: str, event: Any, result: dict[str, Any]) -> None:
        function = lambda_svc._functions[name]
        settings = (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
        destination = ((settings.get("DestinationConfig") or {}).get("OnFailure") or {}).get("Destination")
        dead_letters_to = (function["config"].get("DeadLetterConfig") or {}).get("TargetArn")
        if destination:
            route(destination, name, event, result)
        if dead_letters_to:
            message = (result.get("body") or {}).get("errorMessage") or "unknown"
            told = {"RequestID": new_uuid(), "ErrorCode": 200, "ErrorMessage": message}
            dead_letters.send(dead_letters_to, json.dumps(event), told)

    return failed


def _name_errors() -> None:
    """The workers tell how an error is called, and the answer hands it on: Catch and Retry go by it."""
    for script, told, named in (
        ("_PYTHON_WORKER_SCRIPT", "traceback.format_exc()", '"name": type(e).__name__'),
        ("_NODEJS_WORKER_SCRIPT", 'err.stack || ""', "name: err.name"),
        ("_NODEJS_WORKER_SCRIPT", "trace: e.stack", "name: e.name"),
    ):
        text = getattr(lambda_runtime, script)
        setattr(lambda_runtime, script, text.replace(told, f"{told}, {named}"))
    invoke, execute = lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm

    def invoked(worker: lambda_runtime.Worker, *call: Any, **options: Any) -> dict[str, Any]:
        answer = invoke(worker, *call, **options)
        _error_name.set(answer.get("name"))
        return answer

    def executed(*call: Any) -> dict[str, Any]:
        _error_name.set(None)
        result = execute(*call)
        if result.get("error") and _error_name.get():
            result["body"]["errorType"] = _error_name.get()
        return result

    lambda_runtime.Worker.invoke, lambda_svc._execute_function_warm = invoked, executed


def install() -> None:
    mend_type("AWS::Lambda::Function", _mend_function)
    lambda_svc._route_async_failure = _fail(lambda_svc._route_async_failure)
    _name_errors()
