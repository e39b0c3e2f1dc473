"""Filter patterns of CloudWatch Logs: space-delimited ones, such as `[source, port = 22, ..., action = "REJECT"]`, and terms.

Patterns of JSON and regular expressions are refused, so that none is overlooked.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from fnmatch import fnmatchcase

#: What a line has in its fields, by their names; None when it does not match.
Match = Callable[[str], dict[str, str] | None]

_FIELDS = re.compile(r'\[[^\]]*\]|"(?:[^"\\]|\\.)*"|\S+')
_COMPARISON = re.compile(r'(?P<name>[\w@.-]+)\s*(?P<operator>!=|<=|>=|=|<|>)\s*(?P<value>"(?:[^"\\]|\\.)*"|[^\s"&|]+)')
_OPERATORS = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_NAME, _TERM = re.compile(r"[\w@.-]+"), re.compile(r'[?-]?(?:"(?:[^"\\]|\\.)*"|[^\s"]+)')
_REST = "..."


class PatternError(ValueError):
    """A pattern that can not be read."""


def compile_pattern(pattern: str) -> Match:
    text = pattern.strip()
    if text.startswith("{") or "%" in text:
        raise PatternError(f"not matched here, neither JSON nor regular expressions: {pattern}")
    return _fields(text) if text.startswith("[") else _terms(text)


def _fields(text: str) -> Match:
    if not text.endswith("]"):
        raise PatternError(f"Invalid metric filter pattern: {text}")
    slots = [_slot(slot.strip()) for slot in _split(text[1:-1])]
    rests = [index for index, slot in enumerate(slots) if slot is None]
    if len(rests) > 1:
        raise PatternError(f"Invalid metric filter pattern, {_REST} is there more than once: {text}")

    def match(line: str) -> dict[str, str] | None:
        values = [_bare(field) for field in _FIELDS.findall(line)]
        if len(values) < len(slots) - 1 or (not rests and len(values) != len(slots)):
            return None
        if rests:
            skipped = len(values) - len(slots) + 1
            values[rests[0]:rests[0] + skipped] = [""]
        found = {}
        for position, (slot, value) in enumerate(zip(slots, values, strict=True), start=1):
            if slot is None:
                continue
            if not slot[1](value):
                return None
            found[slot[0] or str(position)] = value
        return found

    return match


def _split(text: str) -> list[str]:
    """At the commas that are not in quotes."""
    return re.findall(r'(?:[^,"]|"(?:[^"\\]|\\.)*")+', text)


def _slot(text: str) -> tuple[str, Callable[[str], bool]] | None:
    """The name of a field, and whether a value is let through; None is any number of fields."""
    if text == _REST:
        return None
    if _NAME.fullmatch(text):
        return text, lambda value: True
    names: set[str] = set()
    either = []
    for alternative in re.split(r"\|\|", text):
        every = []
        for said in re.split(r"&&", alternative):
            found = _COMPARISON.fullmatch(said.strip())
            if not found:
                raise PatternError(f"Invalid metric filter pattern, in the field: {text}")
            names.add(found["name"])
            every.append(_comparison(found["operator"], found["value"]))
        either.append(every)
    if len(names) > 1:
        raise PatternError(f"Invalid metric filter pattern, several names in one field: {text}")
    return names.pop(), lambda value: any(all(passes(value) for passes in every) for every in either)


def _comparison(sign: str, wanted: str) -> Callable[[str], bool]:
    expected = _bare(wanted)
    if sign in _OPERATORS:
        limit = _number(expected)
        if limit is None:
            raise PatternError(f"Invalid metric filter pattern, {sign} compares numbers, got: {wanted}")
        return lambda value: (number := _number(value)) is not None and _OPERATORS[sign](number, limit)

    def equal(value: str) -> bool:
        numbers = _number(expected), _number(value)
        if not wanted.startswith('"') and None not in numbers:
            return numbers[0] == numbers[1]
        return fnmatchcase(value, expected.replace("[", "[[]").replace("?", "[?]"))

    return equal if sign == "=" else lambda value: not equal(value)


def _terms(text: str) -> Match:
    """All terms must be there, none of those after a minus, and one at least of those after a question mark."""
    terms = _TERM.findall(text)
    required = [_bare(term) for term in terms if term[0] not in "?-"]
    refused = [_bare(term[1:]) for term in terms if term[0] == "-"]
    optional = [_bare(term[1:]) for term in terms if term[0] == "?"]

    def match(line: str) -> dict[str, str] | None:
        passes = all(term in line for term in required) and not any(term in line for term in refused)
        return {} if passes and (not optional or any(term in line for term in optional)) else None

    return match


def _bare(text: str) -> str:
    if len(text) > 1 and (text[0], text[-1]) in (('"', '"'), ("[", "]")):
        return re.sub(r"\\(.)", r"\1", text[1:-1])
    return text


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
