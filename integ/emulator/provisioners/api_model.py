"""The API of a service by the model of botocore: what a template says in its words, and what it refuses."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from typing import Any

import botocore.session

from . import Properties, boolean


@functools.cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def parameters(service: str, operation: str) -> frozenset[str]:
    """What an operation may be told."""
    return frozenset(_model(service).operation_model(operation).input_shape.members)


def shapes(service: str, operation: str) -> tuple[Any, Any]:
    """What an operation takes and gives."""
    found = _model(service).operation_model(operation)
    return found.input_shape, found.output_shape


def request(service: str, operation: str, properties: Properties) -> Properties:
    """Names differ in their case only. What the API does not know is an error, so that nothing is lost in silence."""
    return _said(_model(service).operation_model(operation).input_shape, properties)


def _said(shape: Any, value: Any) -> Any:
    if shape.type_name == "structure":
        names = {name.lower(): name for name in shape.members}
        unknown = sorted(name for name in value if name.lower() not in names)
        if unknown:
            raise ValueError(f"{shape.name} does not know {', '.join(unknown)}")
        return {names[name.lower()]: _said(shape.members[names[name.lower()]], each) for name, each in value.items()}
    if shape.type_name == "list":
        return [_said(shape.member, each) for each in value]
    if shape.type_name == "map":
        return {name: _said(shape.value, each) for name, each in value.items()}
    if shape.type_name == "boolean":
        return boolean(value)
    if shape.type_name in ("integer", "long"):
        return int(value)
    return str(value).lower() if isinstance(value, bool) else str(value) if shape.type_name == "string" else value


def refusal(service: str, shape: str, value: Any) -> str | None:
    """What AWS says to a value that its model does not allow."""
    found = list(_faults(_model(service).shape_for(shape), value, shape[:1].lower() + shape[1:]))
    plural = "s" if len(found) > 1 else ""
    return f"{len(found)} validation error{plural} detected: {'; '.join(found)}" if found else None


def _faults(shape: Any, value: Any, path: str) -> Iterator[str]:
    if shape.type_name == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"Value null at '{path}.{name[:1].lower() + name[1:]}' failed to satisfy constraint: Member must not be null"
        for name, each in value.items():
            yield from _faults(shape.members[name], each, f"{path}.{name[:1].lower() + name[1:]}")
        return
    if shape.type_name == "list":
        for number, each in enumerate(value, start=1):
            yield from _faults(shape.member, each, f"{path}.{number}.member")
    for constraint in _unsatisfied(shape, value):
        yield f"Value '{value}' at '{path}' failed to satisfy constraint: Member must {constraint}"


def _unsatisfied(shape: Any, value: Any) -> Iterator[str]:
    rules, number = shape.metadata, shape.type_name in ("integer", "long", "double")
    if not number and shape.type_name not in ("string", "list", "map"):
        return
    size, what = (value, "have value") if number else (len(value), "have length")
    if size < rules.get("min", size):
        yield f"{what} greater than or equal to {rules['min']}"
    if size > rules.get("max", size):
        yield f"{what} less than or equal to {rules['max']}"
    if "pattern" in rules and not re.fullmatch(rules["pattern"], value):
        yield f"satisfy regular expression pattern: {rules['pattern']}"
    if "enum" in rules and value not in rules["enum"]:
        yield f"satisfy enum value set: {rules['enum']}"
