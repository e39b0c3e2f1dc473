"""AWS Backup's recovery points, and the resources that have some."""

from __future__ import annotations

import time
import uuid
from typing import Any

from . import Properties
from .backup_api import Refusal, arn, existing, operation, page, public
from .backup_events import announce
from .backup_vaults import held, keeps_from_all, vault

_DAY = 86_400
#: What every recovery point is said to hold, in bytes.
SIZE = 1_048_576

_TYPES = {
    "cloudformation": "CloudFormation", "dynamodb": "DynamoDB", "eks": "EKS", "elasticfilesystem": "EFS", "fsx": "FSx",
    "redshift": "Redshift", "s3": "S3", "storagegateway": "Storage Gateway", "timestream": "Timestream",
    "ec2:instance": "EC2", "ec2:volume": "EBS", "rds:cluster": "Aurora", "rds:db": "RDS",
}


def resource_type(resource: str) -> str | None:
    """What AWS Backup calls the type of this ARN; None if it does not back it up. Every cluster of RDS counts as Aurora."""
    _, _, service_name, _, _, rest = resource.split(":", 5)
    kind = rest.replace("/", ":").split(":")[0]
    return _TYPES.get(service_name) or _TYPES.get(f"{service_name}:{kind}")


def keep(vault_name: str, resource: str, *, created: float | None = None, continuous: bool = False, **more: Any) -> Properties:
    """A new recovery point in a vault. Of what is backed up continuously there is one, which goes on."""
    record, created = vault(vault_name), created or time.time()
    points = held.setdefault(vault_name, {})
    if continuous:
        for point in points.values():
            if point["_continuous"] and point["ResourceArn"] == resource and point["Status"] == "AVAILABLE":
                return point
    identity = f"continuous:{resource.replace('/', ':').split(':')[-1]}-{uuid.uuid4().hex[:8]}" if continuous else uuid.uuid4()
    lifecycle = more.get("Lifecycle") or {}
    point: Properties = {
        "RecoveryPointArn": arn(f"recovery-point:{identity}"), "BackupVaultName": vault_name,
        "BackupVaultArn": record["BackupVaultArn"], "VaultType": record.get("VaultType", "BACKUP_VAULT"),
        "ResourceArn": resource, "ResourceType": resource_type(resource), "ResourceName": resource.replace("/", ":").split(":")[-1],
        "Status": "AVAILABLE" if continuous else "COMPLETED", "StorageClass": "WARM", "IsParent": False,
        "CreationDate": created, "InitiationDate": created, "CompletionDate": created, "BackupSizeInBytes": SIZE,
        "EncryptionKeyArn": record.get("EncryptionKeyArn") or None, "IsEncrypted": True, "_continuous": continuous,
        "CalculatedLifecycle": {
            to: created + lifecycle[days] * _DAY
            for days, to in (("DeleteAfterDays", "DeleteAt"), ("MoveToColdStorageAfterDays", "MoveToColdStorageAt")) if days in lifecycle},
        **more,
    }
    points[point["RecoveryPointArn"]] = point
    return point


def every_point() -> list[Properties]:
    return [point for points in held.values() for point in points.values()]


def points_of(vault_name: str) -> dict[str, Properties]:
    vault(vault_name)
    return held.get(vault_name, {})


@operation
def describe_recovery_point(params: Properties) -> Properties:
    return public(existing(points_of(params["BackupVaultName"]), params["RecoveryPointArn"], "Recovery point"))


@operation
def list_recovery_points_by_backup_vault(params: Properties) -> Properties:
    return page("RecoveryPoints", points_of(params["BackupVaultName"]).values(), params)


@operation
def list_recovery_points_by_resource(params: Properties) -> Properties:
    points = [{**each, "BackupSizeBytes": each["BackupSizeInBytes"]} for each in every_point()]
    return page("RecoveryPoints", [each for each in points if each["ResourceArn"] == params["ResourceArn"]], params)


@operation
def delete_recovery_point(params: Properties) -> None:
    name = params["BackupVaultName"]
    point = describe_recovery_point(params)
    if keeps_from_all(name):
        raise Refusal("Insufficient privileges to perform this action.", "AccessDeniedException")
    if vault(name)["Locked"]:
        raise Refusal("Recovery point cannot be deleted (Backup vault configured with Lock).", "InvalidRequestException")
    del held[name][point["RecoveryPointArn"]]
    announce("Recovery Point State Change", {**point, "Status": "DELETED"})


def _protected(points: list[Properties]) -> list[Properties]:
    """The resources that have recovery points, each with its last."""
    last = {point["ResourceArn"]: point for point in sorted(points, key=lambda point: point["CreationDate"])}
    return [{
        "ResourceArn": resource, "ResourceType": point["ResourceType"], "ResourceName": point["ResourceName"],
        "LastBackupTime": point["CreationDate"], "LastBackupVaultArn": point["BackupVaultArn"],
        "LastRecoveryPointArn": point["RecoveryPointArn"],
    } for resource, point in last.items()]


@operation
def list_protected_resources(params: Properties) -> Properties:
    return page("Results", _protected(every_point()), params)


@operation
def list_protected_resources_by_backup_vault(params: Properties) -> Properties:
    return page("Results", _protected(list(points_of(params["BackupVaultName"]).values())), params)


@operation
def describe_protected_resource(params: Properties) -> Properties:
    return existing({each["ResourceArn"]: each for each in _protected(every_point())}, params["ResourceArn"], "Protected resource")
