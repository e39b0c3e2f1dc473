"""A Trino that knows a few statements by heart: /v1/statement, nextUri, errors, 503, DELETE."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def column(name: str, kind: str, arguments: list | None = None) -> dict:
    return {"name": name, "type": kind, "typeSignature": {"rawType": kind.split("(")[0], "arguments": arguments or []}}


class FakeTrino:
    """`answers` maps a statement to the pages of its answer; each page names the next by itself."""

    def __init__(self, answers: dict[str, list[dict[str, Any]]]) -> None:
        self.answers, self.requests, self.deleted, self.unready = answers, [], threading.Event(), 0
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sql = self.rfile.read(int(self.headers["Content-Length"])).decode()
                fake.requests.append((sql, {name: value for name, value in self.headers.items() if name.startswith("X-Trino-")}))
                self.reply(list(fake.answers).index(sql), 0)

            def do_GET(self) -> None:
                if fake.unready:
                    fake.unready -= 1
                    self.send_response(503)
                    self.end_headers()
                    return
                self.reply(*(int(part) for part in self.path.split("/")[-2:]))

            def do_DELETE(self) -> None:
                fake.deleted.set()
                self.send_response(204)
                self.end_headers()

            def reply(self, statement: int, number: int) -> None:
                pages = list(fake.answers.values())[statement]
                last = number + 1 == len(pages) and not pages[number].get("endless")
                more = {} if last else {"nextUri": f"{fake.url}/v1/statement/{statement}/{min(number + 1, len(pages) - 1)}"}
                body = json.dumps({"stats": {"state": "RUNNING"}, **pages[number], **more}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
