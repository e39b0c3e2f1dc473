"""AWS::S3::Bucket: whether its tags count when access is decided. `GetBucketAbac` reads it, and nothing but a template sets it."""

from __future__ import annotations

from ministack.core.responses import AccountScopedDict
from ministack.services import s3

from . import Properties, mend_type

_status = AccountScopedDict()


def is_enabled(bucket: str) -> bool:
    return _status.get(bucket) == "Enabled"


def _mend_bucket(name: str, old: Properties | None, new: Properties) -> None:
    _status[name] = new.get("AbacStatus", "Disabled")


def _answering_abac(handle):
    async def handled(method: str, path: str, headers: dict, body: bytes, query: dict, *more, **options):
        bucket = path.strip("/")
        if method == "GET" and "abac" in query and s3._buckets.get(bucket) is not None:
            status = _status.get(bucket) or "Disabled"
            return 200, {"Content-Type": "application/xml"}, f"<AbacStatus><Status>{status}</Status></AbacStatus>".encode()
        return await handle(method, path, headers, body, query, *more, **options)

    return handled


def install() -> None:
    mend_type("AWS::S3::Bucket", _mend_bucket)
    s3.handle_request = _answering_abac(s3.handle_request)
