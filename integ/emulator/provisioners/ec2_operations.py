"""Operations of EC2, by the model of botocore: what a request says, and the answer as XML.

    answer_operation("DescribeFlowLogs", describe)

makes `describe` answer it: it gets the request and returns the answer, both by their names in the API.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timezone
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import ec2

from . import Properties
from .api_model import shapes
from .json_operations import Refusal


def answer_operation(name: str, function: Callable[[Properties], Properties]) -> None:
    request, response = shapes("ec2", name)

    def answer(params: Properties) -> tuple:
        try:
            return ec2._xml(200, f"{name}Response", _members(response, function(_told(request, params, "") or {})))
        except Refusal as refusal:
            return ec2._error(refusal.code, escape(str(refusal)), 400)

    ec2._ACTION_MAP[name] = answer


def _told(shape: Any, params: Properties, path: str) -> Any:
    """What the parameters of a request say of a shape; None when they say nothing."""
    if shape.type_name == "structure":
        said = {name: _told(member, params, f"{path}.{_query_name(name, member)}".lstrip(".")) for name, member in shape.members.items()}
        return {name: value for name, value in said.items() if value is not None} or None
    if shape.type_name == "list":
        items: list[Any] = []
        while (item := _told(shape.member, params, f"{path}.{len(items) + 1}")) is not None:
            items.append(item)
        return items or None
    text = ec2._p(params, path, None)
    if text is None:
        return None
    return text == "true" if shape.type_name == "boolean" else int(text) if shape.type_name == "integer" else text


def _query_name(name: str, member: Any) -> str:
    said = member.serialization.get("queryName") or member.serialization.get("name") or name
    return said[:1].upper() + said[1:]


def _members(shape: Any, value: Properties) -> str:
    return "".join(
        _element(member.serialization.get("name", name), member, value[name])
        for name, member in shape.members.items() if value.get(name) is not None)


def _element(name: str, shape: Any, value: Any) -> str:
    if shape.type_name == "structure":
        text = _members(shape, value)
    elif shape.type_name == "list":
        text = "".join(_element("item", shape.member, each) for each in value)
    elif shape.type_name == "timestamp":
        text = datetime.fromtimestamp(value, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    else:
        text = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{name}>{text}</{name}>"


def passes(record: Properties, filters: list[Properties], fields: dict[str, str]) -> bool:
    """Whether a record passes the filters of a request; `fields` names what each filter looks at."""
    tags = {tag["Key"]: tag["Value"] for tag in record.get("Tags") or []}

    def passed(name: str, wanted: list[str]) -> bool:
        if name.startswith("tag:"):
            return tags.get(name.removeprefix("tag:")) in wanted
        if name == "tag-key":
            return any(key in wanted for key in tags)
        if name not in fields:
            raise Refusal(f"The filter '{name}' is invalid", "InvalidParameterValue")
        return record.get(fields[name]) in wanted

    return all(passed(each["Name"], each["Values"]) for each in filters)
