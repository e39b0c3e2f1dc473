"""AWS::EFS: file systems of which nothing is left when a setting is refused, and access points that AWS would refuse."""

from __future__ import annotations

from collections.abc import Callable

from ministack.services import efs
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS

from . import Properties, api_model, mend_type

_FILE_SYSTEM = "AWS::EFS::FileSystem"
#: What is set when the file system is there already, each by an operation of its own.
_SETTINGS = ("LifecyclePolicies", "BackupPolicy", "FileSystemPolicy", "FileSystemProtection", "ReplicationConfiguration")


def _in_two_steps(create: Callable, update: Callable, delete: Callable) -> Callable:
    """A policy, a protection or a replication that is refused takes the new file system with it."""

    def created(logical_id: str, props: Properties, stack_name: str):
        bare = {name: value for name, value in props.items() if name not in _SETTINGS}
        physical_id, _ = create(logical_id, bare, stack_name)
        try:
            return update(physical_id, bare, props, stack_name)
        except Exception:
            delete(physical_id, props)
            raise

    return created


def _mend_file_system(name: str, old: Properties | None, new: Properties) -> None:
    if new.get("ThroughputMode") != "provisioned":
        efs._file_systems[name].pop("ProvisionedThroughputInMibps", None)


def _only_valid_modes(create: Callable) -> Callable:
    def created(body: Properties):
        for name in ("PerformanceMode", "ThroughputMode"):
            refusal = api_model.refusal("efs", name, body[name]) if name in body else None
            if refusal:
                return efs._error(400, "ValidationException", refusal)
        return create(body)

    return created


def _only_valid(create: Callable) -> Callable:
    def created(body: Properties):
        body = {**body, "RootDirectory": {"Path": "/", **(body.get("RootDirectory") or {})}}
        for name in ("PosixUser", "RootDirectory"):
            refusal = api_model.refusal("efs", name, body[name]) if body.get(name) else None
            if refusal:
                return efs._error(400, "ValidationException", refusal)
        return create(body)

    return created


def _only_existing(describe: Callable) -> Callable:
    def described(query: Properties):
        for name, records, code in (
            ("AccessPointId", efs._access_points, "AccessPointNotFound"), ("FileSystemId", efs._file_systems, "FileSystemNotFound"),
        ):
            if query.get(name) and query[name] not in records:
                return efs._error(404, code, f"'{query[name]}' does not exist.")
        return describe(query)

    return described


def install() -> None:
    efs._create_file_system = _only_valid_modes(efs._create_file_system)
    efs._create_access_point = _only_valid(efs._create_access_point)
    efs._describe_access_points = _only_existing(efs._describe_access_points)
    handlers = _RESOURCE_HANDLERS[_FILE_SYSTEM]
    handlers["create"] = _in_two_steps(handlers["create"], handlers["update"], handlers["delete"])
    mend_type(_FILE_SYSTEM, _mend_file_system)
