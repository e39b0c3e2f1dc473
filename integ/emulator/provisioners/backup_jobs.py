"""AWS Backup's jobs that make recovery points: backups and copies. A job ends at once."""

from __future__ import annotations

import time
import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope

from . import Properties
from .backup_api import Refusal, existing, operation, page, public, store
from .backup_events import announce, notify
from .backup_points import SIZE, describe_recovery_point, keep, resource_type
from .backup_vaults import lets_others_copy, outside_lock, vault

backup_jobs = store()  # job id -> job
copy_jobs = store()  # job id -> job

#: Of other types the same rule makes snapshots.
_CONTINUOUS = ("Aurora", "RDS", "S3", "SAP HANA on Amazon EC2")

_NOTIFIED = {  # end of a job -> what vaults call it, and the text of the message
    "COMPLETED": ("BACKUP_JOB_SUCCESSFUL", "An AWS Backup job was completed successfully."),
    "FAILED": ("BACKUP_JOB_FAILED", "A backup job failed."),
    "EXPIRED": ("BACKUP_JOB_EXPIRED", "A backup job failed to complete in time."),
}


def back_up(vault_name: str, resource: str, role: str, *, outcome: str = "COMPLETED", continuous: bool = False, **more: Any) -> Properties:
    """A backup job that has ended; where it could, with a recovery point. `more` is Lifecycle and CreatedBy."""
    record, now = vault(vault_name), time.time()
    refused = outside_lock(vault_name, (more.get("Lifecycle") or {}).get("DeleteAfterDays"))
    state = "FAILED" if refused else outcome
    job: Properties = {
        "AccountId": get_account_id(), "BackupJobId": str(uuid.uuid4()).upper(), "BackupVaultName": vault_name,
        "BackupVaultArn": record["BackupVaultArn"], "ResourceArn": resource, "ResourceType": resource_type(resource),
        "IamRoleArn": role, "State": state, "CreationDate": now, "CompletionDate": now, "StartBy": now, "IsParent": False,
        "StatusMessage": refused or ("" if state == "COMPLETED" else f"The backup job ended as {state}."), "PercentDone": "100.0",
        "BackupSizeInBytes": SIZE, "CreatedBy": more.get("CreatedBy") or {}, "RecoveryPointLifecycle": more.get("Lifecycle"),
    }
    if state == "COMPLETED":
        point = keep(vault_name, resource, created=now, continuous=continuous and job["ResourceType"] in _CONTINUOUS, IamRoleArn=role, **more)
        job["RecoveryPointArn"] = point["RecoveryPointArn"]
        announce("Recovery Point State Change", point)
    backup_jobs[job["BackupJobId"]] = job
    announce("Backup Job State Change", job)
    event, text = _NOTIFIED.get(state, ("BACKUP_JOB_COMPLETED", f"A backup job was {state.lower()}."))
    point_told = f" Recovery point ARN: {job['RecoveryPointArn']}." if state == "COMPLETED" else ""
    notify(
        vault_name, (event, "BACKUP_JOB_COMPLETED"), f"{text}{point_told} Resource ARN : {resource}. BackupJob ID : {job['BackupJobId']}",
        kind="BACKUP_JOB", state=state, job=job["BackupJobId"], since=now)
    return job


@operation
def start_backup_job(params: Properties) -> Properties:
    if not resource_type(params["ResourceArn"]):
        raise Refusal(f"Unsupported resource type: {params['ResourceArn']}")
    job = back_up(params["BackupVaultName"], params["ResourceArn"], params["IamRoleArn"], Lifecycle=params.get("Lifecycle"))
    return public({name: job.get(name) for name in ("BackupJobId", "RecoveryPointArn", "CreationDate", "IsParent")})


@operation
def describe_backup_job(params: Properties) -> Properties:
    return public(existing(backup_jobs, params["BackupJobId"], "Backup job"))


@operation
def list_backup_jobs(params: Properties) -> Properties:
    return page("BackupJobs", backup_jobs.values(), params)


def copy(point: Properties, destination: str, role: str, lifecycle: Properties | None) -> Properties:
    """A copy job that has ended. The destination may be in another Region or account."""
    _, _, _, region, account, _, name = destination.split(":")
    here, now = (get_account_id(), get_region()), time.time()
    job: Properties = {
        "AccountId": here[0], "CopyJobId": str(uuid.uuid4()).upper(), "SourceBackupVaultArn": point["BackupVaultArn"],
        "SourceRecoveryPointArn": point["RecoveryPointArn"], "DestinationBackupVaultArn": destination, "IsParent": False,
        "ResourceArn": point["ResourceArn"], "ResourceType": point["ResourceType"], "IamRoleArn": role, "CreationDate": now,
        "CompletionDate": now, "BackupSizeInBytes": SIZE, "CreatedBy": point.get("CreatedBy") or {},
        "DestinationRecoveryPointLifecycle": lifecycle, "State": "COMPLETED",
    }
    with request_scope(account, region):
        refused = _copy_refused(name, account != here[0], lifecycle)
        if not refused:
            copied = keep(
                name, point["ResourceArn"], created=now, SourceBackupVaultArn=point["BackupVaultArn"], IamRoleArn=role,
                Lifecycle=lifecycle, CreatedBy=point.get("CreatedBy"), ResourceType=point["ResourceType"])
            job["DestinationRecoveryPointArn"] = copied["RecoveryPointArn"]
            announce("Recovery Point State Change", copied)
    if refused:
        job.update(State="FAILED", StatusMessage=refused)
    copy_jobs[job["CopyJobId"]] = job
    announce("Copy Job State Change", job)
    notify(
        point["BackupVaultName"], ("COPY_JOB_FAILED" if refused else "COPY_JOB_SUCCESSFUL",),
        f"A copy job ended as {job['State']}. Resource ARN : {job['ResourceArn']}. CopyJob ID : {job['CopyJobId']}",
        kind="COPY_JOB", state=job["State"], job=job["CopyJobId"], since=now)
    return job


def _copy_refused(name: str, foreign: bool, lifecycle: Properties | None) -> str | None:
    try:
        vault(name)
    except Refusal as refusal:
        return str(refusal)
    if foreign and not lets_others_copy(name):
        return "Access Denied trying to call AWS Backup service"
    return outside_lock(name, (lifecycle or {}).get("DeleteAfterDays"))


@operation
def start_copy_job(params: Properties) -> Properties:
    point = describe_recovery_point({**params, "BackupVaultName": params["SourceBackupVaultName"]})
    job = copy(point, params["DestinationBackupVaultArn"], params["IamRoleArn"], params.get("Lifecycle"))
    return public({name: job.get(name) for name in ("CopyJobId", "CreationDate", "IsParent")})


@operation
def describe_copy_job(params: Properties) -> Properties:
    return {"CopyJob": public(existing(copy_jobs, params["CopyJobId"], "Copy job"))}


@operation
def list_copy_jobs(params: Properties) -> Properties:
    return page("CopyJobs", copy_jobs.values(), params)
