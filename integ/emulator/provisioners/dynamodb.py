"""AWS::DynamoDB::GlobalTable: what the emulator drops of the replica in the stack's own Region."""

from __future__ import annotations

from ministack.core.responses import get_region
from ministack.services import dynamodb
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

from . import Properties, mend_type, ok

_TYPE = "AWS::DynamoDB::GlobalTable"


def _mend_table(name: str, old: Properties | None, new: Properties) -> None:
    replica = next(each for each in new["Replicas"] if each["Region"] == get_region())
    table = dynamodb._tables[name]
    dynamodb._tags[table["TableArn"]] = list(replica.get("Tags") or [])
    recovery = (replica.get("PointInTimeRecoverySpecification") or {}).get("PointInTimeRecoveryEnabled", False)
    ok(dynamodb._update_continuous_backups({
        "TableName": name,
        "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": _boolean(recovery)},
    }))
    table["DeletionProtectionEnabled"] = _boolean(replica.get("DeletionProtectionEnabled", False))


def _boolean(value: object) -> bool:
    return value in (True, "true")


def _keep_name(update):
    """The emulator takes a generated name for a changed one, and replaces the table with all its items."""

    def kept(physical_id: str, old: Properties, new: Properties, stack_name: str):
        return update(physical_id, {"TableName": physical_id, **old}, {"TableName": physical_id, **new}, stack_name)

    return kept


def install() -> None:
    _RESOURCE_HANDLERS[_TYPE]["update"] = _keep_name(_RESOURCE_HANDLERS[_TYPE]["update"])
    mend_type(_TYPE, _mend_table)
