"""How Athena writes what Trino answers: types, values, and the CSV file of a result."""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from typing import Any

from . import Properties

_PRECISIONS = {"boolean": 0, "tinyint": 3, "smallint": 5, "integer": 10, "bigint": 19, "real": 17, "double": 17, "date": 0}
_UNBOUNDED = 2147483647


def column_info(column: Properties) -> Properties:
    kind, _, parameters = column["type"].partition("(")
    numbers = [int(number) for number in re.findall(r"\d+", parameters)]
    precision, scale = _PRECISIONS.get(kind, 0), 0
    if kind in ("varchar", "char"):
        precision = numbers[0] if numbers else _UNBOUNDED
    elif kind == "decimal":
        precision, scale = numbers
    elif kind == "timestamp":
        precision = 3
        kind += " with time zone" if column["type"].endswith("with time zone") else ""
    elif kind == "real":
        kind = "float"
    return {
        "CatalogName": "hive", "SchemaName": "", "TableName": "", "Name": column["name"], "Label": column["name"], "Type": kind,
        "Precision": precision, "Scale": scale, "Nullable": "UNKNOWN", "CaseSensitive": kind in ("varchar", "char")}


def text(value: Any, signature: Properties) -> str | None:
    """One value as Athena writes it; None is NULL."""
    kind, inner = signature["rawType"], [argument["value"] for argument in signature.get("arguments") or []]
    if value is None:
        return None
    if kind == "array":
        return f"[{', '.join(_inner(each, inner[0]) for each in value)}]"
    if kind == "map":
        return f"{{{', '.join(f'{key}={_inner(each, inner[1])}' for key, each in value.items())}}}"
    if kind == "row":
        fields = ((own["fieldName"]["name"], own["typeSignature"]) for own in inner)
        return f"{{{', '.join(f'{name}={_inner(each, own)}' for each, (name, own) in zip(value, fields))}}}"
    if kind == "varbinary":
        return base64.b64decode(value).hex(" ")
    if kind in ("double", "real"):
        return _number(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _inner(value: Any, signature: Any) -> str:
    return text(value, signature) if value is not None else "null"


def _number(value: float | str) -> str:
    """As Java writes it: 1.0, 1.5E10."""
    if isinstance(value, str) or 1e-3 <= abs(value) < 1e7 or value == 0:
        return str(value)
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    figures = "".join(str(digit) for digit in digits)
    return f"{'-' if sign else ''}{figures[0]}.{figures[1:] or '0'}E{int(exponent) + len(figures) - 1}"


def csv(names: list[str], rows: list[list[str | None]]) -> bytes:
    """Every value in quotes, NULL as nothing."""
    def line(values: list[str | None]) -> str:
        return ",".join("" if value is None else '"' + value.replace('"', '""') + '"' for value in values)

    return "".join(f"{line(row)}\n" for row in [names, *rows]).encode()
