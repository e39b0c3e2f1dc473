"""AWS::Backup: selections, and what the emulator drops of vaults."""

from __future__ import annotations

import json
import time

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import backup

from . import Properties, add_type, guard_delete, mend_type, ok

_policies = AccountRegionScopedDict()  # vault name -> policy document


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


def _mend_vault(vault: str, old: Properties | None, new: Properties) -> None:
    if "AccessPolicy" in new:
        _policies[vault] = new["AccessPolicy"]
    else:
        _policies.pop(vault, None)
    lock = new.get("LockConfiguration") or {}
    record = backup._vaults[vault]
    record["Locked"] = bool(lock)
    for key in ("MinRetentionDays", "MaxRetentionDays", "LockDate"):
        record.pop(key, None)
        if key in lock:
            record[key] = int(lock[key])
    if "ChangeableForDays" in lock:  # from then on nobody can take the lock away
        record["LockDate"] = int(time.time()) + int(lock["ChangeableForDays"]) * 86_400


def _get_vault_access_policy(vault: str):
    if vault not in backup._vaults:
        return backup._not_found(f"Vault '{vault}' not found.")
    if vault not in _policies:
        return backup._not_found(f"No access policy is associated with vault '{vault}'.")
    return backup._ok({
        "BackupVaultName": vault,
        "BackupVaultArn": backup._vault_arn(vault),
        "Policy": json.dumps(_policies[vault]),
    })


def install() -> None:
    add_type("AWS::Backup::BackupSelection", _create_selection, _delete_selection)  # every property replaces it
    mend_type("AWS::Backup::BackupVault", _mend_vault)
    guard_delete("AWS::Backup::BackupPlan", _plan_with_selections)
    backup._get_vault_access_policy = _get_vault_access_policy
