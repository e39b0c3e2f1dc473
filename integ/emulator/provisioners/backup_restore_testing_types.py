"""AWS::Backup::RestoreTestingPlan and AWS::Backup::RestoreTestingSelection."""

from __future__ import annotations

from . import Properties
from . import backup_restore_testing as testing
from .backup_types import add_api_type

_OF_SELECTION = ("RestoreTestingPlanName", "RestoreTestingSelectionName")


def _create_plan(name: str, props: Properties):
    return _plan(testing.create_restore_testing_plan({"RestoreTestingPlan": _given(props, "Tags")}))


def _update_plan(name: str, props: Properties):
    changed = {**_given(props, "Tags"), "StartWindowHours": props.get("StartWindowHours", 24)}
    return _plan(testing.update_restore_testing_plan({"RestoreTestingPlanName": name, "RestoreTestingPlan": changed}))


def _plan(answer: Properties):
    return answer["RestoreTestingPlanName"], {name: answer[name] for name in ("RestoreTestingPlanArn", "RestoreTestingPlanName")}


def _delete_plan(name: str, props: Properties) -> None:
    if name in testing.plans:
        testing.delete_restore_testing_plan({"RestoreTestingPlanName": name})


def _create_selection(name: str, props: Properties):
    plan = props["RestoreTestingPlanName"]
    selection = _given(props, "RestoreTestingPlanName")
    return _selection(testing.create_restore_testing_selection({"RestoreTestingPlanName": plan, "RestoreTestingSelection": selection}))


def _update_selection(physical_id: str, props: Properties):
    key = {name: props[name] for name in _OF_SELECTION}
    # What the template no longer says is no longer there.
    gone = dict.fromkeys(("ProtectedResourceArns", "ProtectedResourceConditions", "RestoreMetadataOverrides", "ValidationWindowHours"))
    return _selection(testing.update_restore_testing_selection({**key, "RestoreTestingSelection": {**gone, **props}}))


def _selection(answer: Properties):
    return "|".join(answer[name] for name in _OF_SELECTION), {name: answer[name] for name in _OF_SELECTION}


def _delete_selection(physical_id: str, props: Properties) -> None:
    if tuple(physical_id.split("|")) in testing.selections:
        testing.delete_restore_testing_selection(dict(zip(_OF_SELECTION, physical_id.split("|"))))


def _given(props: Properties, *but: str) -> Properties:
    return {name: value for name, value in props.items() if name not in but}


def install() -> None:
    add_api_type(
        "AWS::Backup::RestoreTestingPlan", _create_plan, _update_plan, _delete_plan, replaced_by=("RestoreTestingPlanName",))
    add_api_type(
        "AWS::Backup::RestoreTestingSelection", _create_selection, _update_selection, _delete_selection,
        replaced_by=(*_OF_SELECTION, "ProtectedResourceType"))
