"""Resource types that the emulator lacks, and properties that it drops: one file a service.

A provisioner calls the emulator's own service, so that what was deployed can be read back through its API. It is no
larger than what we deploy. What it merely stores is listed in ../recorded.json.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services.cloudformation.provisioners import _REPLACING_PROPERTIES, _RESOURCE_HANDLERS

Properties = dict[str, Any]
#: Called after the emulator has created or updated a resource: physical id, properties before (or None), and now.
Mend = Callable[[str, Properties | None, Properties], None]


def add_type(name: str, create: Callable, delete: Callable, update: Callable | None = None) -> None:
    """A type of our own. Without `update` every change replaces the resource."""
    handlers = {"create": create, "delete": delete}
    if update:
        handlers["update"] = update
    _RESOURCE_HANDLERS[name] = handlers


def mend_type(name: str, mend: Mend) -> None:
    """Adds to a type of the emulator what it drops. If that fails, nothing is left of a new resource."""
    handlers = _RESOURCE_HANDLERS[name]
    create, update, delete = handlers["create"], handlers["update"], handlers["delete"]

    def mended_create(logical_id: str, props: Properties, stack_name: str):
        physical_id, attributes = create(logical_id, props, stack_name)
        try:
            mend(physical_id, None, props)
        except Exception:
            delete(physical_id, props)
            raise
        return physical_id, attributes

    # The engine hands some types their logical id as well.
    def mended_update(physical_id: str, old: Properties, new: Properties, stack_name: str, *logical_id: str):
        new_id, attributes = update(physical_id, old, new, stack_name, *logical_id)
        replaced = new_id != physical_id
        try:
            mend(new_id, None if replaced else old, new)
        except Exception:
            if replaced:
                delete(new_id, new)
            raise
        return new_id, attributes

    handlers["create"], handlers["update"] = mended_create, mended_update


def replace_on_change(name: str, *properties: str) -> None:
    """Properties whose change makes a new resource; the old one goes when the update is complete."""
    _REPLACING_PROPERTIES[name] = properties


def add_attributes(name: str, attributes: Callable[[str], Properties]) -> None:
    """What Fn::GetAtt answers on AWS and the emulator does not know."""
    handlers = _RESOURCE_HANDLERS[name]

    def completed(handle: Callable) -> Callable:
        def handled(*arguments):
            physical_id, known = handle(*arguments)
            return physical_id, {**known, **attributes(physical_id)}

        return handled

    handlers["create"], handlers["update"] = completed(handlers["create"]), completed(handlers["update"])


def store(service: ModuleType) -> AccountRegionScopedDict:
    """What is kept an account and Region beside a service of the emulator, and forgotten with what that one keeps."""
    kept, reset = AccountRegionScopedDict(), service.reset

    def forget() -> None:
        reset()
        kept.clear()

    service.reset = forget
    return kept


def boolean(value: object) -> bool:
    """A template may say true or "true"."""
    return value in (True, "true")


def guard_delete(name: str, reason: Callable[[str], str | None]) -> None:
    """Refuses to delete what AWS would not delete either."""
    delete = _RESOURCE_HANDLERS[name]["delete"]

    def guarded(physical_id: str, props: Properties) -> None:
        refusal = reason(physical_id)
        if refusal:
            raise ValueError(refusal)
        delete(physical_id, props)

    _RESOURCE_HANDLERS[name]["delete"] = guarded


def ok(response: tuple) -> dict[str, Any]:
    """The body of a service's answer; an error of the service fails the resource."""
    status, _, body = response
    if status >= 400:
        raise ValueError(body.decode() if isinstance(body, bytes) else str(body))
    try:
        return json.loads(body) if body else {}
    except ValueError:
        return {}
