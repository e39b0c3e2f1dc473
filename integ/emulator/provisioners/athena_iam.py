"""With IAM enforced: what Athena does on behalf of who starts a query, and what a role needs for it.

It reads the tables that the query names in the catalog, lists and gets their objects, and puts the result. Keys count, those
of the result and of the buckets that are read. Who is no role is not weighed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ministack import app as emulator
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id, get_region
from ministack.services import athena, glue, s3

from . import Properties
from .json_operations import Refusal
from .roles import denied, may

Need = tuple[str, str, dict[str, str]]


def weigh_start(execution: Properties, role: str | None) -> None:
    """`role` is of a task; without it the caller is weighed."""
    _weigh((*_results(execution, "s3:PutObject", "kms:GenerateDataKey"), *_tables(execution)), role)


def weigh_reading(execution: Properties, role: str | None) -> None:
    _weigh(_results(execution, "s3:GetObject", "kms:Decrypt"), role)


def _weigh(needs: Iterable[Need], role: str | None) -> None:
    who = role or iam_evaluator.caller_arn()
    if not emulator.AUTH or not (":role/" in who or ":assumed-role/" in who):
        return
    for action, resource, keys in needs:
        if not may(who, action, resource, **keys):
            raise Refusal(denied(who, action, resource), "AccessDeniedException")


def _results(execution: Properties, action: str, use_of_key: str) -> Iterator[Need]:
    told = execution["ResultConfiguration"]
    if "OutputLocation" not in told:
        return
    place = told["OutputLocation"].removeprefix("s3://")
    yield "s3:GetBucketLocation", f"arn:aws:s3:::{place.partition('/')[0]}", {}
    yield action, f"arn:aws:s3:::{place}", {}
    if "KmsKey" in told.get("EncryptionConfiguration", {}):
        yield use_of_key, told["EncryptionConfiguration"]["KmsKey"], {}


def _tables(execution: Properties) -> Iterator[Need]:
    catalog = f"arn:aws:glue:{get_region()}:{get_account_id()}"
    for reference in athena._table_references(execution["Query"]):
        database = reference.database or execution["QueryExecutionContext"].get("Database", "default")
        table = glue._tables.get(f"{database}/{reference.table}")
        if not table:
            continue  # the engine says so
        for resource in ("catalog", f"database/{database}", f"table/{database}/{reference.table}"):
            yield "glue:GetTable", f"{catalog}:{resource}", {}
        place = (table["Parameters"].get("storage.location.template") or table["StorageDescriptor"].get("Location", "")).partition("${")[0]
        bucket, _, prefix = place.removeprefix("s3://").partition("/")
        yield "s3:ListBucket", f"arn:aws:s3:::{bucket}", {"s3_prefix": prefix}
        yield "s3:GetObject", f"arn:aws:s3:::{bucket}/{prefix}file", {}
        key = s3._bucket_default_sse_headers(bucket).get("x-amz-server-side-encryption-aws-kms-key-id")
        if key:
            yield "kms:Decrypt", key, {}
