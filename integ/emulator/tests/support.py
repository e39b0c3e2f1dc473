"""Drives a resource type as CloudFormation does, and reads the service as a client does."""

from __future__ import annotations

import json
from typing import Any

import main  # noqa: F401  installs the provisioners
from ministack.services.cloudformation.provisioners import _RESOURCE_HANDLERS


class Resource:
    def __init__(self, type_name: str, properties: dict[str, Any], logical_id: str = "Thing") -> None:
        self._handlers, self._properties = _RESOURCE_HANDLERS[type_name], properties
        self.id, self.attributes = self._handlers["create"](logical_id, properties, "stack")

    def update(self, properties: dict[str, Any]) -> None:
        before, self._properties = self._properties, properties
        self.id, self.attributes = self._handlers["update"](self.id, before, properties, "stack")

    def delete(self) -> None:
        self._handlers["delete"](self.id, self._properties)


def body(response: tuple) -> dict[str, Any]:
    return json.loads(response[2])
