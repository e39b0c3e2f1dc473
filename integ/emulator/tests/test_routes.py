import asyncio
import json
import unittest

from ministack import app as emulator
from ministack.core.responses import get_account_id, get_region
from provisioners.routes import route

from tests.support import Resource  # noqa: F401  installs the provisioners

SIGNED = b"AWS4-HMAC-SHA256 Credential=222222222222/20300101/eu-central-1/control/aws4_request, Signature=none"


def post(path: str, *parts: bytes, signed: bool = True) -> tuple[int, dict]:
    """Sends a request to the emulator's ASGI app; the body may come in parts."""
    sent, parts = [], list(parts or (b"",))

    async def receive() -> dict:
        return {"type": "http.request", "body": parts.pop(0), "more_body": bool(parts)}

    async def send(message: dict) -> None:
        sent.append(message)

    headers = [(b"Authorization", SIGNED)] if signed else []
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    asyncio.run(emulator.app(scope, receive, send))
    return sent[0]["status"], json.loads(sent[1]["body"])


def refuse(body: dict) -> None:
    raise ValueError("no such thing")


class Routes(unittest.TestCase):
    def test_a_route_is_called_in_the_account_and_region_of_the_caller(self) -> None:
        here = (get_account_id(), get_region())
        route("/_test/where", lambda body: {"account": get_account_id(), "region": get_region(), **body})
        self.assertEqual(post("/_test/where", b'{"at"', b": 7}"), (200, {"account": "222222222222", "region": "eu-central-1", "at": 7}))
        self.assertEqual(post("/_test/where", signed=False), (200, {"account": here[0], "region": here[1]}))
        self.assertEqual((get_account_id(), get_region()), here)

    def test_what_goes_wrong_is_told(self) -> None:
        route("/_test/refuse", refuse)
        self.assertEqual(post("/_test/refuse"), (400, {"message": "no such thing"}))
        self.assertEqual(post("/_test/refuse", b"{")[0], 400)

    def test_other_requests_reach_the_emulator(self) -> None:
        self.assertEqual(post("/_ministack/config", b"{}"), (200, {"applied": {}}))
