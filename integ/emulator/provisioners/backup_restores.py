"""AWS Backup's restores. A DynamoDB table and an S3 bucket really come into being; of other types there is only an ARN.

What is restored is what the source holds now: the emulator keeps no data with a recovery point.
"""

from __future__ import annotations

import copy
import json
import time
import uuid
from typing import Any

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import dynamodb, s3

from . import Properties, ok
from .backup_api import Refusal, existing, operation, page, public, store
from .backup_events import announce, notify
from .backup_points import every_point

restore_jobs = store()  # job id -> job

#: Where the metadata of a restore say what the new resource is called.
_NAME = {"DynamoDB": "targetTableName", "S3": "DestinationBucketName"}
_SCHEMA = ("KeySchema", "AttributeDefinitions")
_INDEX = ("IndexName", "KeySchema", "Projection")


def _restore_table(source: str, name: str, empty: bool) -> str:
    _, _, _, region, account, table = source.split(":")
    with request_scope(account, region):
        described = json.loads(dynamodb._describe_table({"TableName": table.removeprefix("table/")})[2]).get("Table")
        if not described:
            raise ValueError(f"The source {source} is gone, and this emulator keeps no data with a recovery point.")
        partitions = {} if empty else dynamodb._tables[described["TableName"]]["items"]
    indexes = {
        key: [{field: index[field] for field in _INDEX} for index in described[key]]
        for key in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes") if described.get(key)}
    schema = {key: described[key] for key in _SCHEMA}
    ok(dynamodb._create_table({"TableName": name, "BillingMode": "PAY_PER_REQUEST", **schema, **indexes}))
    for item in [item for partition in partitions.values() for item in partition.values()]:
        ok(dynamodb._put_item({"TableName": name, "Item": item}))
    return dynamodb._tables[name]["TableArn"]


def _restore_bucket(source: str, name: str, empty: bool) -> str:
    bucket = source.split(":")[-1]
    owner = s3._bucket_owner_account(bucket)
    if not owner:
        raise ValueError(f"The source {source} is gone, and this emulator keeps no data with a recovery point.")
    with request_scope(owner, get_region()):
        objects = {} if empty else copy.deepcopy(s3._buckets[bucket]["objects"])
    if name not in s3._buckets:
        ok(s3._create_bucket(name, b""))
    # Into the store itself: a request of the emulator's own would be judged when IAM is enforced.
    s3._buckets[name]["objects"].update(objects)
    return f"arn:aws:s3:::{name}"


def _elsewhere(source: str, name: str) -> str:
    """An ARN as AWS could have given to the new resource, in this account and Region."""
    _, _, service, _, _, resource = source.split(":", 5)
    separator = "/" if "/" in resource else ":"
    kind, _, old = resource.rpartition(separator)
    generated = service in ("ec2", "elasticfilesystem")
    identity = f"{old.split('-')[0]}-{uuid.uuid4().hex[:17]}" if generated else name
    return f"arn:aws:{service}:{get_region()}:{get_account_id()}:{kind}{separator}{identity}"


def restore(point: Properties, role: str | None, name: str, *, outcome: str = "good", seconds: float = 0, **more: Any) -> Properties:
    """A restore job that has ended; it is said to have taken so many seconds. `more` is what else the job tells."""
    now = time.time()
    job: Properties = {
        "AccountId": get_account_id(), "RestoreJobId": str(uuid.uuid4()).upper(), "RecoveryPointArn": point["RecoveryPointArn"],
        "RecoveryPointCreationDate": point["CreationDate"], "SourceResourceArn": point["ResourceArn"],
        "BackupVaultArn": point["BackupVaultArn"], "ResourceType": point["ResourceType"], "IamRoleArn": role,
        "CreationDate": now - seconds, "CompletionDate": now, "BackupSizeInBytes": point["BackupSizeInBytes"], "IsParent": False,
        "Status": "COMPLETED", "PercentDone": "100.0", **more,
    }
    try:
        if outcome == "FAILED":
            raise ValueError("The restore job failed.")
        make = {"DynamoDB": _restore_table, "S3": _restore_bucket}.get(point["ResourceType"])
        job["CreatedResourceArn"] = make(point["ResourceArn"], name, outcome == "empty") if make else _elsewhere(point["ResourceArn"], name)
        if "CreatedBy" in more:
            job["ValidationStatus"] = "VALIDATING"
    except ValueError as failure:
        job.update(Status="FAILED", StatusMessage=str(failure), PercentDone="0.0")
    restore_jobs[job["RestoreJobId"]] = job
    announce("Restore Job State Change", job)
    notify(
        point["BackupVaultName"], ("RESTORE_JOB_COMPLETED",),
        f"A restore job ended as {job['Status']}. Recovery point ARN: {point['RecoveryPointArn']}. RestoreJob ID : {job['RestoreJobId']}",
        kind="RESTORE_JOB", state=job["Status"], job=job["RestoreJobId"], since=job["CreationDate"])
    return job


@operation
def start_restore_job(params: Properties) -> Properties:
    point = existing({each["RecoveryPointArn"]: each for each in every_point()}, params["RecoveryPointArn"], "Recovery point")
    wanted = _NAME.get(point["ResourceType"])
    if wanted and wanted not in params["Metadata"]:
        raise Refusal(f"Invalid restore metadata: {wanted} is missing.")
    name = params["Metadata"].get(wanted, f"awsbackup-restore-{uuid.uuid4().hex[:8]}")
    return {"RestoreJobId": restore(point, params.get("IamRoleArn"), name)["RestoreJobId"]}


@operation
def describe_restore_job(params: Properties) -> Properties:
    return public(existing(restore_jobs, params["RestoreJobId"], "Restore job"))


@operation
def list_restore_jobs(params: Properties) -> Properties:
    return page("RestoreJobs", restore_jobs.values(), params)


@operation
def list_restore_jobs_by_protected_resource(params: Properties) -> Properties:
    return page("RestoreJobs", [job for job in restore_jobs.values() if job["SourceResourceArn"] == params["ResourceArn"]], params)


@operation
def put_restore_validation_result(params: Properties) -> None:
    job = existing(restore_jobs, params["RestoreJobId"], "Restore job")
    if "ValidationStatus" not in job:
        raise Refusal("Only completed jobs of a restore testing plan can be validated.", "InvalidRequestException")
    if params["ValidationStatus"] not in ("FAILED", "SUCCESSFUL", "TIMED_OUT", "VALIDATING"):
        raise Refusal(f"Invalid ValidationStatus: {params['ValidationStatus']}")
    job.update({key: params[key] for key in ("ValidationStatus", "ValidationStatusMessage") if key in params})
