"""What is set on vaults of AWS Backup: lock, access policy, notifications. And their CloudFormation types."""

from __future__ import annotations

import json
import math
import time

from ministack.services import backup as service
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

from . import Properties, mend_type
from .backup_api import Refusal, operation
from .backup_events import notifications
from .backup_types import add_api_type, tag_map
from .backup_vaults import create_logically_air_gapped_backup_vault, delete_backup_vault, policies, vault

_DAY = 86_400
_VAULT = "AWS::Backup::BackupVault"


def _changeable(name: str) -> Properties:
    """A vault whose lock may still be changed."""
    record = vault(name)
    if record.get("VaultType") or record.get("LockDate", math.inf) < time.time():
        raise Refusal(f"The lock configuration of vault {name} is immutable and can not be changed.", "InvalidRequestException")
    return record


@operation
def put_backup_vault_lock_configuration(params: Properties) -> None:
    record = _changeable(params["BackupVaultName"])
    delete_backup_vault_lock_configuration(params)
    record.update({key: int(params[key]) for key in ("MinRetentionDays", "MaxRetentionDays") if key in params}, Locked=True)
    if "ChangeableForDays" in params:  # from then on nobody can take the lock away
        record["LockDate"] = int(time.time()) + int(params["ChangeableForDays"]) * _DAY


@operation
def delete_backup_vault_lock_configuration(params: Properties) -> None:
    record = _changeable(params["BackupVaultName"])
    for key in ("MinRetentionDays", "MaxRetentionDays", "LockDate"):
        record.pop(key, None)
    record["Locked"] = False


@operation
def put_backup_vault_access_policy(params: Properties) -> None:
    policies[vault(params["BackupVaultName"])["BackupVaultName"]] = json.loads(params["Policy"])


@operation
def delete_backup_vault_access_policy(params: Properties) -> None:
    policies.pop(params["BackupVaultName"], None)


@operation
def get_backup_vault_access_policy(params: Properties) -> Properties:
    name = vault(params["BackupVaultName"])["BackupVaultName"]
    if name not in policies:
        raise Refusal(f"Backup Vault {name} has no associated policy", "ResourceNotFoundException")
    return {"BackupVaultName": name, "BackupVaultArn": vault(name)["BackupVaultArn"], "Policy": json.dumps(policies[name])}


@operation
def put_backup_vault_notifications(params: Properties) -> None:
    name = vault(params["BackupVaultName"])["BackupVaultName"]
    notifications[name] = {key: params[key] for key in ("SNSTopicArn", "BackupVaultEvents")}


@operation
def delete_backup_vault_notifications(params: Properties) -> None:
    notifications.pop(params["BackupVaultName"], None)


@operation
def get_backup_vault_notifications(params: Properties) -> Properties:
    name = vault(params["BackupVaultName"])["BackupVaultName"]
    if name not in notifications:
        raise Refusal(f"Backup Vault {name} has no associated notifications", "ResourceNotFoundException")
    return {"BackupVaultName": name, "BackupVaultArn": vault(name)["BackupVaultArn"], **notifications[name]}


def _mend_vault(name: str, old: Properties | None, new: Properties) -> None:
    _policy_and_notifications(name, new)
    lock = new.get("LockConfiguration")
    if lock != (old or {}).get("LockConfiguration"):
        change = put_backup_vault_lock_configuration if lock else delete_backup_vault_lock_configuration
        change({"BackupVaultName": name, **(lock or {})})


def _policy_and_notifications(name: str, props: Properties) -> None:
    delete_backup_vault_access_policy({"BackupVaultName": name})
    if "AccessPolicy" in props:
        policies[name] = props["AccessPolicy"]
    delete_backup_vault_notifications({"BackupVaultName": name})
    if "Notifications" in props:
        put_backup_vault_notifications({"BackupVaultName": name, **props["Notifications"]})


def _create_air_gapped(name: str | None, props: Properties):
    create_logically_air_gapped_backup_vault({**props, "BackupVaultTags": tag_map(props.get("BackupVaultTags"))})
    return _update_air_gapped(props["BackupVaultName"], props)


def _update_air_gapped(name: str, props: Properties):
    vault(name)["BackupVaultTags"] = tag_map(props.get("BackupVaultTags"))
    _policy_and_notifications(name, props)
    return name, {"BackupVaultArn": vault(name)["BackupVaultArn"], "BackupVaultName": name}


def _delete_vault(name: str, props: Properties) -> None:
    if name in service._vaults:
        delete_backup_vault({"BackupVaultName": name})


def install() -> None:
    _RESOURCE_HANDLERS[_VAULT]["delete"] = _delete_vault
    mend_type(_VAULT, _mend_vault)
    add_api_type(
        "AWS::Backup::LogicallyAirGappedBackupVault", _create_air_gapped, _update_air_gapped, _delete_vault,
        replaced_by=("BackupVaultName", "MinRetentionDays", "MaxRetentionDays", "EncryptionKeyArn"))
