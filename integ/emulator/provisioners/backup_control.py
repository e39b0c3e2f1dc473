"""Control routes of AWS Backup: what its schedules would do, and what no test can wait for.

    /_backup/recovery-points   plants recovery points of any age
    /_backup/run-plan          runs one rule of a plan, as its schedule would
    /_backup/run-restore-test  runs a restore testing plan, as its schedule would
    /_backup/interrupt         ends a continuous backup, as a change outside of AWS Backup would
"""

from __future__ import annotations

import time
import uuid
from typing import Any

from . import Properties, routes
from .backup_api import Refusal, existing
from .backup_events import announce, notify
from .backup_jobs import back_up, copy
from .backup_points import every_point, keep
from .backup_restore_testing import plans, selections
from .backup_restores import restore
from .backup_selections import created_by, rule_of, selected, tags_match, tags_of_resources
from .backup_vaults import held, vault

_DAY = 86_400


def _plant(points: list[Properties]) -> Properties:
    kept = []
    for each in points:
        more = {"ResourceType": each["resourceType"], **({"Status": each["status"]} if "status" in each else {})}
        kept.append(keep(
            each["vault"], each["resourceArn"], created=each["createdAt"], continuous=each.get("continuous", False), **more))
    return {"recoveryPointArns": [point["RecoveryPointArn"] for point in kept]}


def _run_plan(body: Properties) -> Properties:
    rule = rule_of(body["planId"], body["ruleName"])
    jobs, copies = [], []
    for resource, role in selected(body["planId"]).items():
        job = back_up(
            rule["TargetBackupVaultName"], resource, role, outcome=body.get("outcome", "COMPLETED"),
            continuous=rule.get("EnableContinuousBackup", False), Lifecycle=rule.get("Lifecycle"),
            CreatedBy=created_by(body["planId"], rule))
        jobs.append(job)
        if "RecoveryPointArn" in job:
            point = held[rule["TargetBackupVaultName"]][job["RecoveryPointArn"]]
            copies += [copy(point, each["DestinationBackupVaultArn"], role, each.get("Lifecycle")) for each in rule.get("CopyActions") or []]
    return {
        "backupJobIds": [job["BackupJobId"] for job in jobs],
        "recoveryPointArns": [job["RecoveryPointArn"] for job in jobs if "RecoveryPointArn" in job],
        "copyJobIds": [job["CopyJobId"] for job in copies],
    }


def _run_restore_test(body: Properties) -> Properties:
    plan = existing(plans, body["planName"], "Restore testing plan")
    jobs, tags = [], tags_of_resources()
    for selection in [each for (name, _), each in selections.items() if name == body["planName"]]:
        points = [point for point in every_point() if _eligible(point, plan, selection, tags.get(point["ResourceArn"], {}))]
        if points:
            newest = max(points, key=lambda point: point["CreationDate"])
            jobs.append(restore(
                newest, selection["IamRoleArn"], f"awsbackup-restore-test-{uuid.uuid4().hex[:12]}",
                outcome=body.get("outcome", "good"), seconds=body.get("seconds", 0),
                CreatedBy={"RestoreTestingPlanArn": plan["RestoreTestingPlanArn"]}))
    plan["LastExecutionTime"] = time.time()
    return {"restoreJobIds": [job["RestoreJobId"] for job in jobs]}


def _eligible(point: Properties, plan: Properties, selection: Properties, tags: dict[str, str]) -> bool:
    """Whether a restore test of this selection may take the recovery point."""
    chosen = plan["RecoveryPointSelection"]
    arns = selection.get("ProtectedResourceArns") or ["*"]
    included, excluded = chosen["IncludeVaults"], chosen.get("ExcludeVaults") or []
    return (
        point["ResourceType"] == selection["ProtectedResourceType"]
        and point["Status"] in ("COMPLETED", "AVAILABLE")
        and ("CONTINUOUS" if point["_continuous"] else "SNAPSHOT") in chosen["RecoveryPointTypes"]
        and point["CreationDate"] >= time.time() - int(chosen.get("SelectionWindowDays") or 30) * _DAY
        and ("*" in included or point["BackupVaultArn"] in included) and point["BackupVaultArn"] not in excluded
        and ("*" in arns or point["ResourceArn"] in arns)
        and tags_match(selection.get("ProtectedResourceConditions"), tags)
    )


def _interrupt(body: Properties) -> Properties:
    name, resource = vault(body["vault"])["BackupVaultName"], body["resourceArn"]
    going: list[Any] = [
        point for point in held.get(name, {}).values()
        if point["_continuous"] and point["ResourceArn"] == resource and point["Status"] == "AVAILABLE"]
    if not going:
        raise Refusal(f"{resource} has no continuous backup in vault {name}.")
    going[0].update(Status="STOPPED", StatusMessage="The continuous backup was interrupted outside of AWS Backup.")
    announce("Recovery Point State Change", going[0])
    arn = going[0]["RecoveryPointArn"]
    notify(
        name, ("CONTINUOUS_BACKUP_INTERRUPTED",), f"A continuous backup was interrupted. Recovery point ARN: {arn}. Resource ARN : {resource}.",
        kind="CONTINUOUS_BACKUP", state="INTERRUPTED", job=arn, since=time.time())
    return {"recoveryPointArn": arn}


def install() -> None:
    routes.route("/_backup/recovery-points", _plant)
    routes.route("/_backup/run-plan", _run_plan)
    routes.route("/_backup/run-restore-test", _run_restore_test)
    routes.route("/_backup/interrupt", _interrupt)
