"""AWS Backup Audit Manager: frameworks and report plans, with their CloudFormation types. Nothing is audited or reported."""

from __future__ import annotations

import re
import time
import uuid
from typing import Any

from . import Properties
from .backup_api import Refusal, arn, existing, operation, page, public, store
from .backup_types import add_api_type

frameworks = store()  # framework name -> framework
report_plans = store()  # report plan name -> report plan


def _create(records: Any, kind: str, slug: str, props: Properties, **more: Any) -> Properties:
    name = props[f"{kind}Name"]
    if not re.fullmatch(r"[a-zA-Z][_a-zA-Z0-9]{0,255}", name):
        raise Refusal(f"{kind}Name must satisfy regular expression pattern [a-zA-Z][_a-zA-Z0-9]*: {name}")
    if name in records:
        raise Refusal(f"{kind} '{name}' already exists.", "AlreadyExistsException")
    records[name] = {
        **props, f"{kind}Arn": arn(f"{slug}:{name}-{uuid.uuid4()}"), "CreationTime": time.time(),
        "DeploymentStatus": "COMPLETED", **more}
    return _answer(kind, records[name])


def _update(records: Any, kind: str, props: Properties) -> Properties:
    record = existing(records, props[f"{kind}Name"], kind)
    record.update(props)
    return _answer(kind, record)


def _answer(kind: str, record: Properties) -> Properties:
    return {name: record[name] for name in (f"{kind}Name", f"{kind}Arn", "CreationTime")}


@operation
def create_framework(params: Properties) -> Properties:
    return _create(frameworks, "Framework", "framework", params, FrameworkStatus="ACTIVE")


@operation
def describe_framework(params: Properties) -> Properties:
    return public(existing(frameworks, params["FrameworkName"], "Framework"))


@operation
def update_framework(params: Properties) -> Properties:
    return _update(frameworks, "Framework", params)


@operation
def delete_framework(params: Properties) -> None:
    existing(frameworks, params["FrameworkName"], "Framework")
    del frameworks[params["FrameworkName"]]


@operation
def list_frameworks(params: Properties) -> Properties:
    return page("Frameworks", [{**each, "NumberOfControls": len(each["FrameworkControls"])} for each in frameworks.values()], params)


@operation
def create_report_plan(params: Properties) -> Properties:
    return _create(report_plans, "ReportPlan", "report-plan", params)


@operation
def describe_report_plan(params: Properties) -> Properties:
    return {"ReportPlan": public(existing(report_plans, params["ReportPlanName"], "ReportPlan"))}


@operation
def update_report_plan(params: Properties) -> Properties:
    return _update(report_plans, "ReportPlan", params)


@operation
def delete_report_plan(params: Properties) -> None:
    existing(report_plans, params["ReportPlanName"], "ReportPlan")
    del report_plans[params["ReportPlanName"]]


@operation
def list_report_plans(params: Properties) -> Properties:
    return page("ReportPlans", report_plans.values(), params)


def _add_type(records: Any, kind: str, create: Any, fields: tuple[str, ...]) -> None:
    """`Ref` is the ARN, which ends in a name and a UUID; in the API everything goes by the name."""

    def told(answer: Properties):
        record = records[answer[f"{kind}Name"]]
        attributes = {name: str(record[name]) for name in (f"{kind}Arn", "CreationTime", "DeploymentStatus", "FrameworkStatus") if name in record}
        return record[f"{kind}Arn"], attributes

    def name_of(physical_id: str) -> str:
        return next((name for name, record in records.items() if record[f"{kind}Arn"] == physical_id), "")

    def created(name: str, props: Properties):
        return told(create({f"{kind}Name": name, **props}))

    def updated(physical_id: str, props: Properties):
        # What the template no longer says is no longer there.
        return told(_update(records, kind, {**dict.fromkeys(fields), **props, f"{kind}Name": name_of(physical_id)}))

    def deleted(physical_id: str, props: Properties) -> None:
        records.pop(name_of(physical_id), None)

    add_api_type(f"AWS::Backup::{kind}", created, updated, deleted, replaced_by=(f"{kind}Name",))


def install() -> None:
    _add_type(frameworks, "Framework", create_framework, ("FrameworkDescription",))
    _add_type(report_plans, "ReportPlan", create_report_plan, ("ReportPlanDescription",))
