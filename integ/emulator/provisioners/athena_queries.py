"""Queries of Athena, executed by a Trino, which is its engine.

Where it listens, on loopback, the environment says (ATHENA_TRINO_URL), or a test: `POST /_athena/engine {"url": "http://…"}`.
Without it a query is refused. It reads the tables of Glue and the objects of S3 by itself, in the account and Region that
it was started for, whoever asks; what a caller may read is weighed before (athena_iam.py).
"""

from __future__ import annotations

import contextvars
import os
import threading
import time
from urllib.parse import urlsplit

from ministack.core.responses import new_uuid
from ministack.services import athena, cloudwatch, s3

from . import Properties, athena_iam, routes, trino
from .athena_values import column_info, csv, text
from .json_operations import Refusal, add_operations, page

_KNOWN = {"ClientRequestToken", "QueryExecutionContext", "QueryString", "ResultConfiguration", "WorkGroup"}
_ROWS = 1000
_CUTOFF = "Bytes scanned limit was exceeded"
_NO_ENGINE = "no engine executes queries here: start the emulator with ATHENA_TRINO_URL, or name a Trino by POST /_athena/engine"
_NO_LOCATION = (
    "No output location provided. An output location is required either through the Workgroup result configuration setting or as an API input.")
_engine: dict[str, str | None] = {"url": None}


def _set_engine(body: Properties) -> Properties:
    url = body["url"]
    if url and urlsplit(url).hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError(f"the engine must listen on loopback, got: {url}")
    _engine["url"] = url
    return _engine


def workgroup(name: str) -> Properties:
    athena._ensure_default_workgroup()
    if name not in athena._workgroups:
        raise Refusal(f"WorkGroup {name} is not found.")
    return athena._workgroups[name]


def start(said: Properties, role: str | None = None) -> Properties:
    """Of a task with `role`, else of the caller."""
    unknown = sorted(set(said) - _KNOWN)
    if unknown:
        raise Refusal(f"not answered here: {', '.join(unknown)}")
    if not _engine["url"]:
        raise Refusal(_NO_ENGINE)
    group = workgroup(said.get("WorkGroup", "primary"))
    if group["State"] != "ENABLED":
        raise Refusal(f"WorkGroup {group['Name']} is disabled.")
    name, context, kind = new_uuid(), said.get("QueryExecutionContext") or {}, athena._detect_statement_type(said["QueryString"])
    execution = {
        "QueryExecutionId": name, "Query": said["QueryString"], "StatementType": kind,
        **_results_to(f"{name}.{'csv' if kind == 'DML' else 'txt'}", group["Configuration"], said.get("ResultConfiguration") or {}),
        "QueryExecutionContext": {"Catalog": "AwsDataCatalog", **context}, "WorkGroup": group["Name"],
        "Status": {"State": "QUEUED", "SubmissionDateTime": time.time()}, "Statistics": {}, "EngineVersion": group["Configuration"]["EngineVersion"]}
    athena_iam.weigh_start(execution, role)
    athena._executions[name] = execution
    threading.Thread(target=contextvars.copy_context().run, args=(_execute, execution, group["Configuration"]), daemon=True).start()
    return {"QueryExecutionId": name}


def _results_to(file: str, configured: Properties, asked: Properties) -> Properties:
    """Where results go, and how they are encrypted: a workgroup that enforces its settings asks nobody."""
    managed = configured.get("ManagedQueryResultsConfiguration") or {}
    if managed.get("Enabled"):
        if asked.get("OutputLocation"):
            raise Refusal("OutputLocation is not supported where query results are managed")
        return {"ManagedQueryResultsConfiguration": managed, "ResultConfiguration": {}}
    own = configured.get("ResultConfiguration") or {}
    chosen = own if configured.get("EnforceWorkGroupConfiguration") else {**own, **asked}
    location = chosen.get("OutputLocation", "")
    if not location.startswith("s3://"):
        raise Refusal(_NO_LOCATION)
    return {"ResultConfiguration": {**chosen, "OutputLocation": f"{location.rstrip('/')}/{file}"}}


def _execute(execution: Properties, configured: Properties) -> None:
    status, cutoff, context = execution["Status"], configured.get("BytesScannedCutoffPerQuery"), execution["QueryExecutionContext"]
    status["State"] = "RUNNING"

    def watch(statistics: Properties) -> bool:
        execution["Statistics"] = _statistics(statistics)
        if cutoff and execution["Statistics"]["DataScannedInBytes"] > cutoff:
            _end(execution, "CANCELLED", _CUTOFF)
        return status["State"] == "RUNNING"

    try:
        sql = execution["Query"].strip().rstrip(";")
        found = trino.run(_engine["url"] or "", sql, context["Catalog"].lower(), context.get("Database", "default"), watch)
        if status["State"] == "RUNNING":
            execution["_columns"] = found.columns
            execution["_rows"] = [[text(*each) for each in zip(row, (column["typeSignature"] for column in found.columns))] for row in found.rows]
            _save(execution)
            _end(execution, "SUCCEEDED")
    except Exception as error:
        _end(execution, "FAILED", str(error))
    if configured.get("PublishCloudWatchMetricsEnabled"):
        _publish(execution)


def _statistics(said: Properties) -> Properties:
    elapsed = int(said.get("elapsedTimeMillis", 0))
    return {
        "EngineExecutionTimeInMillis": elapsed, "TotalExecutionTimeInMillis": elapsed, "QueryQueueTimeInMillis": int(said.get("queuedTimeMillis", 0)),
        "DataScannedInBytes": int(said.get("physicalInputBytes") or said.get("processedBytes") or 0)}


def _end(execution: Properties, state: str, reason: str | None = None) -> None:
    execution["Status"].update(State=state, CompletionDateTime=time.time(), **({"StateChangeReason": reason} if reason else {}))


def _save(execution: Properties) -> None:
    told = execution["ResultConfiguration"]
    if "OutputLocation" not in told:
        return
    bucket, _, key = told["OutputLocation"].removeprefix("s3://").partition("/")
    owner = told.get("ExpectedBucketOwner")
    if owner and s3._bucket_owner_account(bucket) != owner:
        raise ValueError(f"Access denied when writing output to url: {told['OutputLocation']}: the bucket is not of account {owner}")
    names = [column["name"] for column in execution["_columns"]]
    headers = {"content-type": "text/csv", **_encrypted(told.get("EncryptionConfiguration") or {})}
    answered = s3._put_object(bucket, key, csv(names, execution["_rows"]), headers)
    if answered[0] >= 300:
        raise ValueError(f"Unable to verify/create output bucket {bucket}: {answered[2].decode()}")


def _encrypted(said: Properties) -> dict[str, str]:
    if said.get("EncryptionOption") == "SSE_S3":
        return {"x-amz-server-side-encryption": "AES256"}
    if said.get("EncryptionOption") == "SSE_KMS":
        return {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": said["KmsKey"]}
    return {}


def _publish(execution: Properties) -> None:
    dimensions = {"WorkGroup": execution["WorkGroup"], "QueryState": execution["Status"]["State"], "QueryType": execution["StatementType"]}
    values = {"ProcessedBytes": "DataScannedInBytes", "TotalExecutionTime": "TotalExecutionTimeInMillis"}
    told = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    cloudwatch._put_metric_data({}, {"Namespace": "AWS/Athena", "MetricData": [
        {"MetricName": name, "Value": execution["Statistics"].get(field, 0), "Dimensions": told} for name, field in values.items()]}, False, True)


def stop(said: Properties) -> None:
    execution = existing(said)
    if execution["Status"]["State"] in ("QUEUED", "RUNNING"):
        _end(execution, "CANCELLED", "Query was cancelled by user")


def existing(said: Properties) -> Properties:
    name = said["QueryExecutionId"]
    if name not in athena._executions:
        raise Refusal(f"QueryExecution {name} was not found")
    return athena._executions[name]


def results(said: Properties, role: str | None = None) -> Properties:
    execution = existing(said)
    athena_iam.weigh_reading(execution, role)
    state = execution["Status"]["State"]
    if state != "SUCCEEDED":
        ended = "CompletionDateTime" in execution["Status"]
        raise Refusal(f"Query did not finish successfully. Final query state: {state}" if ended
                      else f"Query has not yet finished. Current state: {state}")
    columns = execution["_columns"]
    # The names of the columns are the first row, and count.
    header = [[column["name"] for column in columns]] if execution["StatementType"] == "DML" else []
    found = page([*header, *execution["_rows"]], said, "Rows", _ROWS)
    rows = [{"Data": [{} if value is None else {"VarCharValue": value} for value in row]} for row in found.pop("Rows")]
    return {"ResultSet": {"Rows": rows, "ResultSetMetadata": {"ColumnInfo": [column_info(column) for column in columns]}}, "UpdateCount": 0, **found}


def install() -> None:
    _set_engine({"url": os.environ.get("ATHENA_TRINO_URL")})
    routes.route("/_athena/engine", _set_engine)
    add_operations(athena, GetQueryResults=results, StartQueryExecution=start, StopQueryExecution=stop)
