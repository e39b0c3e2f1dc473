"""The Resource Groups Tagging API: databases, instances and volumes, which it does not list, and pages."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import ec2, rds, tagging

from . import Properties, mend_type

_PAGE = 50
Tagged = Iterator[tuple[str, list[dict[str, str]]]]


def _databases() -> Tagged:
    for arn, tags in rds._tags.items():
        if arn.split(":")[3] == get_region():
            yield arn, tags


def _servers_and_disks() -> Tagged:
    for kind, resources in (("instance", ec2._instances), ("volume", ec2._volumes)):
        for name in resources:
            yield f"arn:aws:ec2:{get_region()}:{get_account_id()}:{kind}/{name}", ec2._tags.get(name) or []


def _in_pages(list_resources):
    """AWS gives 50 resources at most, then a token for the next."""

    def page(request: dict[str, Any]):
        status, headers, body = list_resources({name: value for name, value in request.items() if name != "PaginationToken"})
        answer = json.loads(body)
        if status == 200:
            start = int(request.get("PaginationToken") or 0)
            end = start + (request.get("ResourcesPerPage") or _PAGE)
            # What never had a tag is not listed.
            found = sorted((each for each in answer["ResourceTagMappingList"] if each["Tags"]), key=lambda each: each["ResourceARN"])
            answer = {"ResourceTagMappingList": found[start:end], "PaginationToken": str(end) if end < len(found) else ""}
        return status, headers, json.dumps(answer).encode()

    return page


def _mend_database(store: Properties, arn: str):
    """CloudFormation drops the tags of databases here, or does not tell them to the API."""

    def mend(name: str, old: Properties | None, new: Properties) -> None:
        record = store[name]
        record["TagList"] = [{"Key": tag["Key"], "Value": tag["Value"]} for tag in new.get("Tags") or []]
        rds._tags[record[arn]] = record["TagList"]

    return mend


def install() -> None:
    tagging._COLLECTORS.update(rds=_databases, ec2=_servers_and_disks)
    tagging._HANDLERS["GetResources"] = _in_pages(tagging._HANDLERS["GetResources"])
    mend_type("AWS::RDS::DBCluster", _mend_database(rds._clusters, "DBClusterArn"))
    mend_type("AWS::RDS::DBInstance", _mend_database(rds._instances, "DBInstanceArn"))
