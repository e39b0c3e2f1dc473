"""AWS Backup's restore testing plans and selections. No schedule starts a test: see backup_control.py."""

from __future__ import annotations

import re
import time
import uuid

from . import Properties
from .backup_api import Refusal, arn, existing, operation, page, public, store

plans = store()  # plan name -> plan
selections = store()  # (plan name, selection name) -> selection

_TYPES = ("Aurora", "DocumentDB", "DynamoDB", "EBS", "EC2", "EFS", "FSx", "Neptune", "RDS", "S3")


def _within(what: str, value: object, least: int, most: int) -> None:
    if value is not None and not least <= int(value) <= most:
        raise Refusal(f"{what} must be between {least} and {most}, got {value}.")


def _check_name(name: str, what: str) -> str:
    if not re.fullmatch(r"[a-zA-Z0-9_]{1,50}", name):
        raise Refusal(f"{what} must satisfy regular expression pattern ^[a-zA-Z0-9_]+$ and have at most 50 characters: {name}")
    return name


def _check_plan(plan: Properties) -> None:
    chosen = plan["RecoveryPointSelection"]
    _within("StartWindowHours", plan.get("StartWindowHours"), 1, 168)
    _within("SelectionWindowDays", chosen.get("SelectionWindowDays"), 1, 365)
    for required in ("Algorithm", "IncludeVaults", "RecoveryPointTypes"):
        if not chosen.get(required):
            raise Refusal(f"RecoveryPointSelection needs {required}.")


def _check_selection(selection: Properties) -> None:
    conditions = selection.get("ProtectedResourceConditions") or {}
    arns = selection.get("ProtectedResourceArns") or []
    _within("ValidationWindowHours", selection.get("ValidationWindowHours"), 0, 168)
    if selection["ProtectedResourceType"] not in _TYPES:
        raise Refusal(f"Invalid ProtectedResourceType: {selection['ProtectedResourceType']}")
    if not arns and not any(conditions.values()):
        raise Refusal("A restore testing selection needs ProtectedResourceArns or ProtectedResourceConditions.")
    if any(conditions.values()) and arns not in ([], ["*"]):
        raise Refusal("ProtectedResourceConditions can only be given with ProtectedResourceArns ['*'].")


@operation
def create_restore_testing_plan(params: Properties) -> Properties:
    plan = params["RestoreTestingPlan"]
    name = _check_name(plan["RestoreTestingPlanName"], "RestoreTestingPlanName")
    _check_plan(plan)
    if name in plans:
        raise Refusal(f"Restore testing plan '{name}' already exists.", "AlreadyExistsException")
    plans[name] = {
        "StartWindowHours": 24, "ScheduleExpressionTimezone": "Etc/UTC", **plan, "CreationTime": time.time(),
        "RestoreTestingPlanArn": arn(f"restore-testing-plan:{name}-{uuid.uuid4()}")}
    return _answer(plans[name])


def _answer(record: Properties) -> Properties:
    names = ("CreationTime", "RestoreTestingPlanArn", "RestoreTestingPlanName", "RestoreTestingSelectionName", "UpdateTime")
    return {name: record[name] for name in names if name in record}


@operation
def get_restore_testing_plan(params: Properties) -> Properties:
    return {"RestoreTestingPlan": public(existing(plans, params["RestoreTestingPlanName"], "Restore testing plan"))}


@operation
def update_restore_testing_plan(params: Properties) -> Properties:
    plan = existing(plans, params["RestoreTestingPlanName"], "Restore testing plan")
    changed = {**plan, **params["RestoreTestingPlan"], "LastUpdateTime": time.time()}
    _check_plan(changed)
    plan.update(changed)
    return _answer({**plan, "UpdateTime": plan["LastUpdateTime"]})


@operation
def delete_restore_testing_plan(params: Properties) -> None:
    name = params["RestoreTestingPlanName"]
    existing(plans, name, "Restore testing plan")
    if any(plan == name for plan, _ in selections):
        raise Refusal(f"Restore testing selections of plan '{name}' must be deleted first.", "InvalidRequestException")
    del plans[name]


@operation
def list_restore_testing_plans(params: Properties) -> Properties:
    return page("RestoreTestingPlans", plans.values(), params)


@operation
def create_restore_testing_selection(params: Properties) -> Properties:
    plan = existing(plans, params["RestoreTestingPlanName"], "Restore testing plan")
    selection = params["RestoreTestingSelection"]
    key = (plan["RestoreTestingPlanName"], _check_name(selection["RestoreTestingSelectionName"], "RestoreTestingSelectionName"))
    _check_selection(selection)
    if key in selections:
        raise Refusal(f"Restore testing selection '{key[1]}' already exists.", "AlreadyExistsException")
    selections[key] = {**selection, "CreationTime": time.time(), "RestoreTestingPlanName": key[0]}
    return _answer({**selections[key], "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]})


def _selection(params: Properties) -> Properties:
    of_plan = {name: each for (plan, name), each in selections.items() if plan == params["RestoreTestingPlanName"]}
    return existing(of_plan, params["RestoreTestingSelectionName"], "Restore testing selection")


@operation
def get_restore_testing_selection(params: Properties) -> Properties:
    return {"RestoreTestingSelection": public(_selection(params))}


@operation
def update_restore_testing_selection(params: Properties) -> Properties:
    selection, plan = _selection(params), plans[params["RestoreTestingPlanName"]]
    changed = {**selection, **params["RestoreTestingSelection"]}
    _check_selection(changed)
    selection.update(changed)
    return _answer({**selection, "RestoreTestingPlanArn": plan["RestoreTestingPlanArn"], "UpdateTime": time.time()})


@operation
def delete_restore_testing_selection(params: Properties) -> None:
    _selection(params)
    del selections[params["RestoreTestingPlanName"], params["RestoreTestingSelectionName"]]


@operation
def list_restore_testing_selections(params: Properties) -> Properties:
    plan = existing(plans, params["RestoreTestingPlanName"], "Restore testing plan")["RestoreTestingPlanName"]
    return page("RestoreTestingSelections", [each for (of, _), each in selections.items() if of == plan], params)
