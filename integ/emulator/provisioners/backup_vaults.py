"""AWS Backup's vaults, and what they hold and allow; those that are logically air-gapped, too."""

from __future__ import annotations

from ministack.services import backup as service

from . import Properties
from .backup_api import Refusal, existing, operation, page, store
from .backup_events import notifications

held = store()  # vault name -> ARN of the recovery point -> recovery point
policies = store()  # vault name -> policy document


def vault(name: str) -> Properties:
    return existing(service._vaults, name, "Vault")


def _statements(name: str, effect: str, action: str) -> list[Properties]:
    def names(actions: str | list[str]) -> bool:
        return action in ([actions] if isinstance(actions, str) else actions)

    return [each for each in policies.get(name, {}).get("Statement", []) if each["Effect"] == effect and names(each["Action"])]


def lets_others_copy(name: str) -> bool:
    """Whether the policy of a vault lets other accounts copy into it. Which ones, and when, is not looked at."""
    return bool(_statements(name, "Allow", "backup:CopyIntoBackupVault"))


def keeps_from_all(name: str) -> bool:
    """Whether the policy of a vault lets nobody delete what it holds."""
    denials = _statements(name, "Deny", "backup:DeleteRecoveryPoint")
    return any(each["Principal"] in ("*", {"AWS": "*"}) and "Condition" not in each for each in denials)


def outside_lock(name: str, retention: int | None) -> str | None:
    """Why a recovery point that is kept for so many days (None: for ever) may not be in this vault."""
    record = vault(name)
    least, most = record.get("MinRetentionDays"), record.get("MaxRetentionDays")
    too_short = least and retention and retention < least
    too_long = most and (not retention or retention > most)
    if not record["Locked"] or not (too_short or too_long):
        return None
    days = f"{retention} days" if retention else "for ever"
    return f"The retention period ({days}) is not within what the lock of vault {name} allows: {least or 1} to {most or 36500} days."


@operation
def describe_backup_vault(params: Properties) -> Properties:
    record = vault(params["BackupVaultName"])
    count = len(held.get(record["BackupVaultName"], {}))
    return {"VaultType": "BACKUP_VAULT", "VaultState": "AVAILABLE", **record, "NumberOfRecoveryPoints": count}


@operation
def list_backup_vaults(params: Properties) -> Properties:
    return page("BackupVaultList", [describe_backup_vault({"BackupVaultName": name}) for name in service._vaults], params)


@operation
def delete_backup_vault(params: Properties) -> None:
    name = vault(params["BackupVaultName"])["BackupVaultName"]
    if held.get(name):
        raise Refusal("Backup vault cannot be deleted because it contains recovery points.", "InvalidRequestException")
    for records in (policies, notifications, service._vaults):
        records.pop(name, None)


@operation
def create_logically_air_gapped_backup_vault(params: Properties) -> Properties:
    name, least, most = params["BackupVaultName"], int(params.get("MinRetentionDays", 0)), int(params.get("MaxRetentionDays", 0))
    if least < 7 or most < least:
        raise Refusal("A logically air-gapped vault needs MinRetentionDays of at least 7 and MaxRetentionDays no smaller.")
    if name in service._vaults:
        raise Refusal(f"Backup vault with the same name already exists: {name}", "AlreadyExistsException")
    service._create_vault(name, params)
    service._vaults[name].update(
        VaultType="LOGICALLY_AIR_GAPPED_BACKUP_VAULT", Locked=True, MinRetentionDays=least, MaxRetentionDays=most)
    described = describe_backup_vault(params)
    return {field: described[field] for field in ("BackupVaultArn", "BackupVaultName", "CreationDate", "VaultState")}
