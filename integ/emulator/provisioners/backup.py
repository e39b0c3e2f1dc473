"""AWS::Backup: selections, what the emulator drops of plans, and the service of ours in the files backup_*.py."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from ministack.services import backup

from . import (
    Properties, add_type, backup_api, backup_audit, backup_control, backup_iam, backup_restore_testing_types,
    backup_vault_settings, guard_delete, ok,
)


def _create_selection(logical_id: str, props: Properties, stack_name: str):
    plan = props["BackupPlanId"]
    selection = ok(backup._create_selection(plan, {"BackupSelection": props["BackupSelection"]}))["SelectionId"]
    return f"{plan}_{selection}", {"SelectionId": selection, "BackupPlanId": plan, "Id": f"{plan}_{selection}"}


def _delete_selection(physical_id: str, props: Properties) -> None:
    plan, selection = physical_id.split("_", 1)
    backup._delete_selection(plan, selection)


def _plan_with_selections(plan: str) -> str | None:
    held = any(selection["BackupPlanId"] == plan for selection in backup._selections.values())
    return f"Related backup plan selections must be deleted prior to backup plan deletion: {plan}" if held else None


def _with_rule_ids(put: Callable) -> Callable:
    """Each rule of a plan gets an id, which recovery points name."""

    def answered(*arguments):
        for rule in arguments[-1].get("BackupPlan", {}).get("Rules", []):
            rule["RuleId"] = str(uuid.uuid4())
        return put(*arguments)

    return answered


def install() -> None:
    add_type("AWS::Backup::BackupSelection", _create_selection, _delete_selection)  # every property replaces it
    guard_delete("AWS::Backup::BackupPlan", _plan_with_selections)
    backup._create_plan, backup._update_plan = _with_rule_ids(backup._create_plan), _with_rule_ids(backup._update_plan)
    for part in (backup_api, backup_vault_settings, backup_restore_testing_types, backup_audit, backup_iam, backup_control):
        part.install()
