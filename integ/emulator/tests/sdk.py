"""Calls the emulator as an AWS SDK does, with nothing but the network left out."""

from __future__ import annotations

import asyncio
import functools
import json
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

import botocore.session
from botocore.awsrequest import AWSResponse
from ministack import app as emulator
from urllib3 import HTTPResponse

from tests.support import Resource  # noqa: F401  installs the provisioners

ACCOUNT, REGION = "111111111111", "eu-west-1"
_HOST = "127.0.0.1:4566"


def send(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], bytes]:
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def collect(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": method, "path": unquote(path), "raw_path": path.encode(), "query_string": query.encode(),
        "headers": [(name.lower().encode(), value.encode()) for name, value in {**headers, "Host": _HOST}.items()],
    }
    asyncio.run(emulator.app(scope, receive, collect))
    answered = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], answered, b"".join(each.get("body", b"") for each in sent[1:])


def _before_send(request: Any, **_: Any) -> AWSResponse:
    url = urlsplit(request.url)
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in request.headers.items()}
    body = request.body.read() if hasattr(request.body, "read") else request.body or b""
    status, answered, content = send(request.method, url.path, url.query, headers, body.encode() if isinstance(body, str) else body)
    return AWSResponse(request.url, status, answered, HTTPResponse(BytesIO(content), preload_content=False))


def client(service: str, account: str = ACCOUNT, region: str = REGION, credentials: dict[str, str] | None = None) -> Any:
    """A client of the AWS SDK, as the root of an account or with the credentials of a session."""
    return _client(service, region, **(credentials or {"AccessKeyId": account, "SecretAccessKey": "local", "SessionToken": None}))


@functools.cache
def _session() -> Any:
    return botocore.session.get_session()


@functools.cache
def _client(service: str, region: str, **keys: Any) -> Any:
    made = _session().create_client(
        service, region_name=region, endpoint_url=f"http://{_HOST}", aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"], aws_session_token=keys["SessionToken"])
    made.meta.events.register("before-send", _before_send)
    return made


def control(path: str, body: Any, account: str = ACCOUNT, region: str = REGION) -> Any:
    """Calls a control route; a refusal is an error."""
    signed = f"AWS4-HMAC-SHA256 Credential={account}/20300101/{region}/control/aws4_request, Signature=none"
    status, _, answer = send("POST", path, "", {"Authorization": signed}, json.dumps(body).encode())
    if status != 200:
        raise ValueError(json.loads(answer)["message"])
    return json.loads(answer)
