"""AWS::DynamoDB: replicas, and what the emulator drops of tables."""

from __future__ import annotations

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import dynamodb
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

from . import Properties, boolean, mend_type, ok

_TABLE, _GLOBAL_TABLE = "AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"


def _mend_table(name: str, old: Properties | None, new: Properties) -> None:
    encryption = new.get("SSESpecification") or {}
    _encryption(name, encryption.get("SSEEnabled"), encryption.get("SSEType"), encryption.get("KMSMasterKeyId"))
    _recovery(name, new)
    _time_to_live(name, new)


def _mend_global_table(name: str, old: Properties | None, new: Properties) -> None:
    home, replicas = get_region(), {replica["Region"]: replica for replica in new["Replicas"]}
    existing = set(dynamodb._replica_group(dynamodb._tables[name])) - {home}
    wanted = replicas.keys() - {home}
    _update_replicas(name, "Create", wanted - existing)
    _update_replicas(name, "Delete", existing - wanted)
    encryption = new.get("SSESpecification") or {}
    for region, replica in replicas.items():
        with request_scope(get_account_id(), region):
            key = (replica.get("SSESpecification") or {}).get("KMSMasterKeyId")
            _encryption(name, encryption.get("SSEEnabled"), encryption.get("SSEType"), key)
            _recovery(name, replica)
            _time_to_live(name, new)
            table = dynamodb._tables[name]
            table["DeletionProtectionEnabled"] = boolean(replica.get("DeletionProtectionEnabled"))
            dynamodb._tags[table["TableArn"]] = list(replica.get("Tags") or [])


def _update_replicas(name: str, action: str, regions: set[str]) -> None:
    if regions:
        updates = [{action: {"RegionName": region}} for region in sorted(regions)]
        ok(dynamodb._update_table({"TableName": name, "ReplicaUpdates": updates}))


def _encryption(name: str, enabled: object, kind: str | None, key: str | None) -> None:
    # Not through UpdateTable: there, saying nothing would count as switching it off.
    specification = {"Enabled": True, "SSEType": kind, "KMSMasterKeyId": key} if boolean(enabled) else None
    dynamodb._tables[name]["SSEDescription"] = dynamodb._sse_description_from_spec(specification)


def _recovery(name: str, properties: Properties) -> None:
    recovery = properties.get("PointInTimeRecoverySpecification") or {}
    enabled = boolean(recovery.get("PointInTimeRecoveryEnabled"))
    specification = {"PointInTimeRecoveryEnabled": enabled}
    ok(dynamodb._update_continuous_backups({"TableName": name, "PointInTimeRecoverySpecification": specification}))


def _time_to_live(name: str, properties: Properties) -> None:
    specification = properties.get("TimeToLiveSpecification")
    if not specification:
        dynamodb._ttl_settings.pop(name, None)
        return
    specification = {**specification, "Enabled": boolean(specification.get("Enabled"))}
    ok(dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": specification}))


def _keep_name(update):
    """The emulator takes a generated name for a changed one, and replaces the table with all its items."""

    def kept(physical_id: str, old: Properties, new: Properties, stack_name: str):
        return update(physical_id, {"TableName": physical_id, **old}, {"TableName": physical_id, **new}, stack_name)

    return kept


def _with_replicas(delete):
    """A global table goes in all its Regions."""

    def deleted(physical_id: str, props: Properties) -> None:
        if physical_id in dynamodb._tables:
            _update_replicas(physical_id, "Delete", set(dynamodb._replica_group(dynamodb._tables[physical_id])) - {get_region()})
        delete(physical_id, props)

    return deleted


def install() -> None:
    handlers = _RESOURCE_HANDLERS[_GLOBAL_TABLE]
    handlers["update"], handlers["delete"] = _keep_name(handlers["update"]), _with_replicas(handlers["delete"])
    mend_type(_TABLE, _mend_table)
    mend_type(_GLOBAL_TABLE, _mend_global_table)
