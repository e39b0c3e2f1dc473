"""AWS::Athena: workgroups whose settings act on queries (athena_queries.py), and named queries."""

from __future__ import annotations

from ministack.core.responses import new_uuid
from ministack.services import athena
from ministack.services.cloudformation.provisioners import _STACK_TAG_PROPERTY, _tag_map

from . import Properties, add_type, athena_queries, boolean, ok, replace_on_change
from .api_model import refusal, request
from .athena_queries import workgroup
from .json_operations import Refusal, add_operations, answer, page

_WORKGROUP, _QUERY = "AWS::Athena::WorkGroup", "AWS::Athena::NamedQuery"
_ENGINE = {"SelectedEngineVersion": "AUTO", "EffectiveEngineVersion": "Athena engine version 3"}
_DEFAULTS = {"EnforceWorkGroupConfiguration": True, "PublishCloudWatchMetricsEnabled": True, "RequesterPaysEnabled": False}
_NAMES = 50


def _configuration(said: Properties) -> Properties:
    engine = {**_ENGINE, **said.get("EngineVersion", {})}
    return {**_DEFAULTS, **said, "EngineVersion": engine}


def _create_workgroup(logical_id: str, props: Properties, stack_name: str):
    faulty = refusal("athena", "CreateWorkGroupInput", _workgroup_said(props))
    if faulty:
        raise ValueError(faulty)
    ok(athena._create_workgroup({"Name": props["Name"]}))
    return _update_workgroup(props["Name"], {}, props, stack_name)


def _workgroup_said(props: Properties) -> Properties:
    said = {name: props[name] for name in ("Name", "Description") if name in props}
    return request("athena", "CreateWorkGroup", {**said, "Configuration": props.get("WorkGroupConfiguration") or {}})


def _update_workgroup(name: str, old: Properties, new: Properties, stack_name: str):
    said, arn = _workgroup_said(new), athena._arn_workgroup(name)
    athena._workgroups[name].update(
        Configuration=_configuration(said["Configuration"]), Description=said.get("Description", ""), State=new.get("State", "ENABLED"))
    athena._tags[arn] = _tag_map(new.get("Tags"))
    version = athena._workgroups[name]["Configuration"]["EngineVersion"]["EffectiveEngineVersion"]
    return name, {
        "CreationTime": str(athena._workgroups[name]["CreationTime"]),
        "WorkGroupConfiguration.EngineVersion.EffectiveEngineVersion": version}


def _delete_workgroup(name: str, props: Properties) -> None:
    ok(answer(_remove_workgroup, {"WorkGroup": name, "RecursiveDeleteOption": boolean(props.get("RecursiveDeleteOption"))}))


def _remove_workgroup(said: Properties) -> None:
    """What is in a workgroup keeps it, unless it may go too."""
    name = said["WorkGroup"]
    if name == "primary":
        raise Refusal("Primary workgroup can not be deleted")
    stores = (athena._named_queries, athena._executions)
    held = [(store, key) for store in stores for key, each in store.items() if each["WorkGroup"] == name]
    if held and not said.get("RecursiveDeleteOption"):
        raise Refusal(f"WorkGroup {name} is not empty")
    for store, key in held:
        store.pop(key)
    athena._workgroups.pop(name, None)
    athena._tags.pop(athena._arn_workgroup(name), None)


def _get_workgroup(said: Properties) -> Properties:
    return {"WorkGroup": workgroup(said["WorkGroup"])}



def _create_query(logical_id: str, props: Properties, stack_name: str):
    name = ok(answer(_add_query, {"Name": logical_id, **props}))["NamedQueryId"]
    return name, {"NamedQueryId": name}


def _add_query(said: Properties) -> Properties:
    asked = request("athena", "CreateNamedQuery", said)
    faulty = refusal("athena", "CreateNamedQueryInput", asked)
    if faulty:
        raise Refusal(faulty)
    group = asked.get("WorkGroup", "primary")
    workgroup(group)
    name = new_uuid()
    athena._named_queries[name] = {**asked, "NamedQueryId": name, "WorkGroup": group}
    return {"NamedQueryId": name}


def _delete_query(name: str, props: Properties) -> None:
    athena._named_queries.pop(name, None)


def _list_queries(said: Properties) -> Properties:
    group = said.get("WorkGroup", "primary")
    workgroup(group)
    return page([name for name, each in athena._named_queries.items() if each["WorkGroup"] == group], said, "NamedQueryIds", _NAMES)


def install() -> None:
    add_type(_WORKGROUP, _create_workgroup, _delete_workgroup, _update_workgroup)
    replace_on_change(_WORKGROUP, "Name")
    _STACK_TAG_PROPERTY[_WORKGROUP] = ("Tags", "list")
    add_type(_QUERY, _create_query, _delete_query)
    replace_on_change(_QUERY, "Name", "Database", "Description", "QueryString", "WorkGroup")
    add_operations(
        athena, CreateNamedQuery=_add_query, DeleteWorkGroup=_remove_workgroup, GetWorkGroup=_get_workgroup, ListNamedQueries=_list_queries)
    athena_queries.install()
