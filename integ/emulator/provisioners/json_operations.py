"""Operations of a service with a JSON protocol that the emulator lacks, or answers otherwise than AWS."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import ModuleType

from ministack.core.responses import error_response_json, json_response

from . import Properties

Operation = Callable[[Properties], Properties | None]


class Refusal(ValueError):
    """An error that AWS would answer. In a deployment it fails the resource."""

    def __init__(self, message: str, code: str = "InvalidRequestException") -> None:
        super().__init__(message)
        self.code = code


def answer(operation: Operation, request: Properties) -> tuple:
    try:
        return json_response(operation(request) or {})
    except Refusal as refusal:
        return error_response_json(refusal.code, str(refusal), 400)


def add_operations(service: ModuleType, **operations: Operation) -> None:
    """From now on these answer the operations of their names; all others go to the emulator's service."""
    behind = service.handle_request

    async def handle_request(method: str, path: str, headers: dict, body: bytes, query: dict):
        operation = operations.get(headers.get("x-amz-target", "").rpartition(".")[2])
        if not operation:
            return await behind(method, path, headers, body, query)
        return answer(operation, json.loads(body or b"{}"))

    service.handle_request = handle_request


def page(records: list, request: Properties, key: str, most: int, size: str = "MaxResults", token: str = "NextToken") -> Properties:
    """The page of a list that is asked for, and a token for the next."""
    start = int(request.get(token) or 0)
    end = start + min(int(request.get(size) or most), most)
    return {key: records[start:end], **({token: str(end)} if end < len(records) else {})}
