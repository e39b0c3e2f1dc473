"""CloudFormation types that are created, updated and deleted through operations of AWS Backup."""

from __future__ import annotations

from collections.abc import Callable

from ministack.services.cloudformation.provisioners import _delete_predecessor, _physical_name, _tag_map

from . import Properties, add_type

tag_map = _tag_map

#: Is told the physical id, or a name for a new resource; returns the physical id and the attributes.
Apply = Callable[[str, Properties], tuple[str, Properties]]


def add_api_type(
    type_name: str, create: Apply, update: Apply, delete: Callable[[str, Properties], None], *, replaced_by: tuple[str, ...],
) -> None:
    """A type that a change of one of `replaced_by` replaces; the new one is there before the old one goes."""

    def created(logical_id: str, props: Properties, stack_name: str):
        # Names of Backup have no hyphens.
        return create(_physical_name(stack_name, logical_id, max_len=50).replace("-", "_"), props)

    def updated(physical_id: str, old: Properties, new: Properties, stack_name: str):
        if all(old.get(name) == new.get(name) for name in replaced_by):
            return update(physical_id, new)
        replacement = created(physical_id, new, stack_name)
        _delete_predecessor(delete, physical_id, old)
        return replacement

    add_type(type_name, created, delete, updated)
