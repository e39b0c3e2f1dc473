"""Runs one statement on a Trino, over its client protocol: POST /v1/statement, then nextUri to the end."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import Properties

_SECONDS = 30  # for one answer: it comes at once, or says that there is none yet
_PAUSE = 0.05
_UNREADY = (502, 503, 504)


class TrinoError(Exception):
    """What Trino says of a statement that failed, such as `COLUMN_NOT_FOUND: line 1:8: ...`."""


@dataclass
class Answer:
    columns: list[Properties] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    update_type: str | None = None
    statistics: Properties = field(default_factory=dict)


def run(url: str, sql: str, catalog: str, schema: str, watch: Callable[[Properties], bool]) -> Answer:
    """`watch` gets the statistics of each page; when it says no, the statement is cancelled, and what came is the answer."""
    headers = {"X-Trino-User": "athena", "X-Trino-Catalog": catalog, "X-Trino-Schema": schema, "X-Trino-Time-Zone": "UTC"}
    answer = Answer()
    for page in _pages(f"{url.rstrip('/')}/v1/statement", sql, headers):
        if "error" in page:
            raise TrinoError(f"{page['error']['errorName']}: {page['error']['message']}")
        answer.columns = page.get("columns") or answer.columns
        answer.rows += page.get("data") or []
        answer.update_type = page.get("updateType", answer.update_type)
        answer.statistics = page.get("stats") or answer.statistics
        if not watch(answer.statistics):
            if "nextUri" in page:
                _send("DELETE", page["nextUri"], None, {})
            break
    return answer


def _pages(url: str, sql: str, headers: dict[str, str]) -> Iterator[Properties]:
    page = _send("POST", url, sql.encode(), headers)
    yield page
    while "nextUri" in page:
        page = _send("GET", page["nextUri"], None, headers)
        yield page


def _send(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Properties:
    """Trino answers 503 when the same request is to be sent again."""
    until = time.monotonic() + _SECONDS
    while True:
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, headers, method=method), timeout=_SECONDS) as response:
                return json.loads(response.read() or b"{}")
        except urllib.error.HTTPError as error:
            if error.code not in _UNREADY or time.monotonic() > until:
                raise TrinoError(f"GENERIC_INTERNAL_ERROR: {error.code} {error.read().decode(errors='replace')}") from None
        except OSError as error:
            raise TrinoError(f"GENERIC_INTERNAL_ERROR: {url} can not be reached: {error}") from None
        time.sleep(_PAUSE)
