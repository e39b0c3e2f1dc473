"""AWS::Glue::Table: every version of it, and all values as the strings that the catalog of AWS makes of them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable

from ministack.services import glue
from ministack.services.cloudformation import provisioners as engine

from . import Properties, store
from .api_model import request
from .json_operations import Refusal, add_operations, page

_PAGE = 100
_archive = store(glue)  # "database/table" -> the versions before the present one, the oldest first


def _key(said: Properties, name: str) -> str:
    return f"{said['DatabaseName']}/{name}"


def _described(table: Properties) -> Properties:
    """The table as it was given, with what AWS says of every table; readers count on these."""
    storage = {"Compressed": False, "NumberOfBuckets": 0, "SortColumns": [], "StoredAsSubDirectories": False, **table["StorageDescriptor"]}
    known = {name: value for name, value in table.items() if value is not None and name != "IsMultiDialectView"}
    return {"Retention": 0, **known, "StorageDescriptor": storage}


def _versions(said: Properties) -> list[Properties]:
    key = _key(said, said["TableName"])
    if key not in glue._tables:
        raise Refusal(f"Table {said['TableName']} not found.", "EntityNotFoundException")
    tables = [*_archive.get(key, []), glue._tables[key]]
    return [{"Table": _described(table), "VersionId": table["VersionId"]} for table in reversed(tables)]


def _get_versions(said: Properties) -> Properties:
    return page(_versions(said), said, "TableVersions", _PAGE)


def _get_version(said: Properties) -> Properties:
    versions = _versions(said)
    wanted = said.get("VersionId", versions[0]["VersionId"])
    for version in versions:
        if version["VersionId"] == str(wanted):
            return {"TableVersion": version}
    raise Refusal(f"Version {wanted} of table {said['TableName']} not found.", "EntityNotFoundException")


def _get_table(said: Properties) -> Properties:
    return {"Table": _versions({**said, "TableName": said["Name"]})[0]["Table"]}


def _get_tables(said: Properties) -> Properties:
    if said["DatabaseName"] not in glue._databases:
        raise Refusal(f"Database {said['DatabaseName']} not found.", "EntityNotFoundException")
    tables = [_described(table) for table in glue._tables.values() if table["DatabaseName"] == said["DatabaseName"]
              and re.fullmatch(said.get("Expression") or ".*", table["Name"])]
    return page(tables, said, "TableList", _PAGE)


def _creating(create: Callable) -> Callable:
    """The first version of AWS is 0."""

    def created(said: Properties) -> tuple:
        answer = create(said)
        if answer[0] == 200:
            key = _key(said, said["TableInput"]["Name"])
            _archive.pop(key, None)
            glue._tables[key]["VersionId"] = "0"
        return answer

    return created


def _updating(update: Callable) -> Callable:
    """What an update does not say is gone, and what was before is kept as a version."""

    def updated(said: Properties) -> tuple:
        key = _key(said, said["TableInput"].get("Name"))
        before = copy.deepcopy(glue._tables.get(key))
        empty = {"Description": "", "Owner": "", "StorageDescriptor": {}, "PartitionKeys": [], "Parameters": {}}
        answer = update({**said, "TableInput": {**empty, **said["TableInput"]}})
        if answer[0] == 200 and not said.get("SkipArchive"):
            _archive[key] = [*_archive.get(key, []), before]
        return answer

    return updated


def install() -> None:
    add_operations(glue, GetTable=_get_table, GetTables=_get_tables, GetTableVersion=_get_version, GetTableVersions=_get_versions)
    glue._create_table, glue._update_table = _creating(glue._create_table), _updating(glue._update_table)
    table = engine._glue_table_request
    engine._glue_table_request = lambda name, props: request("glue", "CreateTable", table(name, props))
    database = engine._glue_database_input
    engine._glue_database_input = lambda name, props: request("glue", "CreateDatabase", {"DatabaseInput": database(name, props)})["DatabaseInput"]
