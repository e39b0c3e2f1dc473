"""What AWS Backup tells when something changed: an event on the default bus, and a message to the topic of the vault."""

from __future__ import annotations

import json
from datetime import datetime, timezone

from ministack.core.responses import get_account_id
from ministack.services import eventbridge, sns

from . import Properties
from .backup_api import store

notifications = store()  # vault name -> {"SNSTopicArn": …, "BackupVaultEvents": […]}

_DETAILS = {
    "Backup Job State Change": (
        "BackupJobId", "BackupSizeInBytes", "BackupVaultArn", "BackupVaultName", "CompletionDate", "CreatedBy", "CreationDate",
        "IamRoleArn", "PercentDone", "RecoveryPointArn", "ResourceArn", "ResourceType", "State", "StatusMessage"),
    "Copy Job State Change": (
        "BackupSizeInBytes", "CompletionDate", "CopyJobId", "CreatedBy", "CreationDate", "DestinationBackupVaultArn",
        "DestinationRecoveryPointArn", "IamRoleArn", "ResourceArn", "ResourceType", "SourceBackupVaultArn", "State",
        "StatusMessage"),
    "Restore Job State Change": (
        "BackupSizeInBytes", "CompletionDate", "CreatedResourceArn", "CreationDate", "IamRoleArn", "RecoveryPointArn",
        "ResourceType", "RestoreJobId", "RestoreTestingPlanArn", "Status", "StatusMessage"),
    "Recovery Point State Change": (
        "BackupVaultArn", "BackupVaultName", "CreationDate", "IamRoleArn", "RecoveryPointArn", "ResourceArn", "ResourceType",
        "Status", "StatusMessage"),
}


def iso(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event_value(name: str, value: object) -> object:
    if name.endswith("Date"):
        return iso(value)
    return {_event_name(key): each for key, each in value.items()} if isinstance(value, dict) else value


def _event_name(name: str) -> str:
    return name[0].lower() + name[1:]


def announce(detail_type: str, record: Properties) -> None:
    """Puts the event of a job or a recovery point: its fields, in the spelling of events."""
    known = {**(record.get("CreatedBy") or {}), **record}
    detail = {_event_name(name): _event_value(name, known[name]) for name in _DETAILS[detail_type] if known.get(name) not in (None, "", {})}
    resources = [known[name] for name in ("RecoveryPointArn", "DestinationRecoveryPointArn") if known.get(name)]
    entry = {"Source": "aws.backup", "DetailType": detail_type, "Resources": resources, "Detail": json.dumps(detail)}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)


def notify(vault: str, events: tuple[str, ...], message: str, *, kind: str, state: str, job: str, since: float) -> None:
    """Publishes to the topic of the vault if it asked for one of these events."""
    wanted = notifications.get(vault)
    if not wanted or not set(events) & set(wanted["BackupVaultEvents"]):
        return
    attributes = {"EventType": kind, "State": state, "AccountId": get_account_id(), "Id": job, "StartTime": iso(since)}
    sns.publish_internal(
        wanted["SNSTopicArn"], message, "Notification from AWS Backup",
        message_attributes={name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()})
