"""What AWS Backup is told of a Region: which types of resources plans may protect. No CloudFormation type sets it."""

from __future__ import annotations

from . import Properties
from .backup_api import Refusal, operation, store

_ON = ("Aurora", "DynamoDB", "EBS", "EC2", "RDS", "Redshift", "Storage Gateway")
_OFF = (
    "CloudFormation", "DocumentDB", "EFS", "EKS", "FSx", "Neptune", "S3", "SAP HANA on Amazon EC2", "Timestream",
    "VirtualMachine",
)
_MAPS = {
    "ResourceTypeOptInPreference": {**dict.fromkeys(_ON, True), **dict.fromkeys(_OFF, False)},
    "ResourceTypeManagementPreference": {"DynamoDB": False, "EFS": False},
}

_settings = store()  # name of the map -> what was changed in it


@operation
def describe_region_settings(params: Properties) -> Properties:
    return {name: {**fresh, **_settings.get(name, {})} for name, fresh in _MAPS.items()}


@operation
def update_region_settings(params: Properties) -> None:
    changes = {name: params.get(name) or {} for name in _MAPS}
    for name, change in changes.items():
        unknown = sorted(change.keys() - _MAPS[name].keys())
        if unknown:
            raise Refusal(f"Invalid resource type in {name}: {', '.join(unknown)}")
    for name, change in changes.items():
        _settings[name] = {**_settings.get(name, {}), **change}


def opted_in(resource_type: str) -> bool:
    return describe_region_settings({})["ResourceTypeOptInPreference"].get(resource_type, False)
