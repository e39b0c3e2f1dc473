"""Drives a resource type as CloudFormation does, and reads the service as a client does."""

from __future__ import annotations

import json
from typing import Any

import main  # noqa: F401  installs the provisioners
from ministack.services.cloudformation.provisioners import _delete_resource, _provision_resource, _update_resource


class Resource:
    """A resource of a stack. It goes through the engine, which chooses the handler and what to hand it."""

    def __init__(self, type_name: str, properties: dict[str, Any], logical_id: str = "Thing") -> None:
        self._type, self._properties, self._logical_id = type_name, properties, logical_id
        self.id, self.attributes = _provision_resource(type_name, logical_id, properties, "stack")

    def update(self, properties: dict[str, Any]) -> None:
        before, self._properties = self._properties, properties
        self.id, self.attributes = _update_resource(self._type, self.id, before, properties, "stack", self._logical_id, self.attributes)

    def delete(self) -> None:
        _delete_resource(self._type, self.id, self._properties, "stack", self._logical_id)


def body(response: tuple) -> dict[str, Any]:
    return json.loads(response[2])
