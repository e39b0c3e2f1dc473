"""Control routes: how a test tells the emulator what no AWS API can, such as the time of an alarm clock.

    route("/_cloudwatch/evaluate", evaluate)

makes `POST /_cloudwatch/evaluate` call `evaluate(body)` with the parsed JSON body (`{}` when there is none), in the
account and Region of the request's Authorization header, as for any call of AWS. What it returns becomes the JSON
answer; an exception becomes status 400 with its message. It runs in a worker thread, so it may wait. Control routes ask
for no permission: they belong to the test, not to the account.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

from ministack import app as emulator
from ministack.core.responses import set_request_account_id, set_request_region
from ministack.core.router import extract_access_key_id, extract_region

Handle = Callable[[dict[str, Any]], object]

_routes: dict[str, Handle] = {}


def route(path: str, handle: Handle) -> None:
    """Answers POST requests for this path. Call it from `install` of a provisioner."""
    _routes[path] = handle


def _answer(handle: Handle, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
    # A worker thread has a context of its own: what is set here ends with the call.
    set_request_account_id(extract_access_key_id(headers))
    set_request_region(extract_region(headers))
    emulator.pin_request_origin("127.0.0.1", True)  # else what it sends on counts as sent without TLS, and is refused
    try:
        return 200, json.dumps(handle(json.loads(body or b"{}"))).encode()
    except Exception as error:
        return 400, json.dumps({"message": str(error)}).encode()


async def _body(receive: Callable) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body"):
            return body


def install() -> None:
    behind = emulator.app

    async def app(scope, receive, send) -> None:
        handle = _routes.get(scope.get("path", "")) if scope.get("method") == "POST" else None
        if not handle:
            await behind(scope, receive, send)
            return
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        status, answer = await asyncio.to_thread(_answer, handle, headers, await _body(receive))
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
        await send({"type": "http.response.body", "body": answer})

    emulator.app = app
