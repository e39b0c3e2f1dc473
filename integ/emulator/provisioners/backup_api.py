"""How AWS Backup is called: which operation a request means and what it is told, by the model of botocore.

A function with `@operation` answers the operation of its name; what is not answered here goes to the emulator's service.
"""

from __future__ import annotations

import functools
import json
import operator
import re
from collections.abc import Callable, Iterable
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.utils import parse_timestamp
from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region
from ministack.services import backup as service

from . import Properties

Operation = Callable[[Properties], Properties | None]

_operations: dict[str, Operation] = {}
_stores: list[AccountRegionScopedDict] = []
_MAX_RESULTS = 1000


class Refusal(ValueError):
    """An error that AWS would answer. In a deployment it fails the resource."""

    def __init__(self, message: str, code: str = "InvalidParameterValueException") -> None:
        super().__init__(message)
        self.code = code


def operation(function: Operation) -> Operation:
    _operations[function.__name__] = function
    return function


def store() -> AccountRegionScopedDict:
    """What is kept an account and Region, and forgotten with the emulator's own Backup."""
    _stores.append(AccountRegionScopedDict())
    return _stores[-1]


def existing(records: Any, key: str, what: str) -> Any:
    if key not in records:
        raise Refusal(f"{what} '{key}' not found.", "ResourceNotFoundException")
    return records[key]


def arn(resource: str) -> str:
    return f"arn:aws:backup:{get_region()}:{get_account_id()}:{resource}"


#: Filters that are not called as the field of the record is.
_FIELDS = {"Complete": "CompletionDate", "Created": "CreationDate", "DestinationVaultArn": "DestinationBackupVaultArn"}
_COMPARISONS = (("Before", operator.lt), ("After", operator.gt))


def _passes(record: Properties, name: str, wanted: Any) -> bool:
    values = {**(record.get("CreatedBy") or {}), **record}
    for end, compare in _COMPARISONS:
        if name.endswith(end):
            field = name.removesuffix(end)
            value = values.get(_FIELDS.get(field, field))
            return value is not None and compare(value, wanted)
    return values.get(_FIELDS.get(name, name)) == wanted


def page(key: str, records: Iterable[Properties], params: Properties) -> Properties:
    """The page that is asked for of the records that pass the By... filters."""
    filters = [(name.removeprefix("By"), wanted) for name, wanted in params.items() if name.startswith("By")]
    passing = [record for record in records if all(_passes(record, *each) for each in filters)]
    size, token = params.get("MaxResults", _MAX_RESULTS), params.get("NextToken", "0")
    if not 1 <= size <= _MAX_RESULTS:
        raise Refusal(f"MaxResults must be between 1 and {_MAX_RESULTS}.")
    if not token.isdecimal():
        raise Refusal("Invalid NextToken.")
    end = int(token) + size
    more = {"NextToken": str(end)} if end < len(passing) else {}
    return {key: [public(record) for record in passing[int(token):end]], **more}


def public(record: Properties) -> Properties:
    """A record without what we keep for ourselves."""
    return {name: value for name, value in record.items() if not name.startswith("_") and value is not None}


@functools.cache
def _routes() -> list[tuple[int, str, re.Pattern, Any]]:
    """All operations, those with the most fixed words in their path first."""
    model = botocore.session.get_session().get_service_model("backup")
    routes = []
    for name in model.operation_names:
        found = model.operation_model(name)
        path = found.http["requestUri"].split("?")[0].strip("/")
        # A label may hold an ARN, with slashes: the path arrives decoded.
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>.+?)", path)
        fixed = sum(not word.startswith("{") for word in path.split("/"))
        routes.append((fixed, found.http["method"], re.compile(pattern), found))
    return sorted(routes, key=lambda route: -route[0])


def find(method: str, path: str, query: dict[str, Any], body: bytes) -> tuple[Any, Properties] | None:
    """The operation of a request, and its parameters by their names in the API."""
    for _, wanted, pattern, model in _routes():
        match = pattern.fullmatch(path.strip("/")) if wanted == method else None
        if match:
            break
    else:
        return None
    params: Properties = json.loads(body) if body else {}
    for name, shape in (model.input_shape.members if model.input_shape else {}).items():
        location, key = shape.serialization.get("location"), shape.serialization.get("name")
        value = {"uri": match.groupdict(), "querystring": query}.get(location, {}).get(key)
        if value is not None:
            params[name] = _value(shape.type_name, value[0] if isinstance(value, list) else value)
    return model, params


def _value(type_name: str, text: str) -> Any:
    if type_name == "timestamp":
        return parse_timestamp(text).timestamp()
    return int(text) if type_name in ("integer", "long") else text


def _answering(behind: Callable) -> Callable:
    async def handle_request(method: str, path: str, headers: dict, body: bytes, query: dict):
        found = find(method, path, query, body)
        function = _operations.get(xform_name(found[0].name)) if found else None
        if not function:
            return await behind(method, path, headers, body, query)
        model, params = found
        try:
            answer = function(params)
        except Refusal as refusal:
            return service._err(refusal.code, str(refusal))
        status = model.http.get("responseCode", 200)
        return status, {"Content-Type": "application/json"}, b"" if status == 204 else json.dumps(answer or {}).encode()

    return handle_request


def _forgetting(reset: Callable[[], None]) -> Callable[[], None]:
    def forget() -> None:
        reset()
        for each in _stores:
            each.clear()

    return forget


def install() -> None:
    service.handle_request = _answering(service.handle_request)
    service.reset = _forgetting(service.reset)
