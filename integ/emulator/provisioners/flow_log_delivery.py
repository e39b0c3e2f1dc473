"""What a flow log delivers: a test says when, and what, and it goes where AWS would put it, if the policies let it.

`POST /_flow-logs/deliver {"flowLogId", "at", "body", "lines"}` delivers to S3 the file `body` (Base64, named for the time
`at` in seconds), or to a log group or Firehose the `lines`. The answer says where it is. The policy of the bucket, that of
its key, and the role are always weighed, as AWS weighs them when it delivers; AWS adds to the policy of a bucket of the
same account what is missing, here nobody does.
"""

from __future__ import annotations

import base64
import json
from datetime import datetime, timezone

from ministack.core.iam_evaluator import EvalContext, evaluate_resource_policy
from ministack.core.responses import get_account_id, get_region, new_uuid, request_scope
from ministack.services import cloudwatch_logs, ec2, firehose, iam, kms, s3

from . import Properties, ok, routes
from .roles import denied, may

_S3, _VPC = "delivery.logs.amazonaws.com", "vpc-flow-logs.amazonaws.com"
_ACL = "bucket-owner-full-control"


def _allows(policy: object, service: str, action: str, resource: str, source: str, **more: str) -> bool:
    context = EvalContext(
        principal_arn="*", principal_type="Service", principal_account="", action=action, resource_arn=resource, region=get_region(),
        secure_transport=True, service_context={"aws:sourcearn": source, "aws:sourceaccount": get_account_id(), **more})
    return evaluate_resource_policy(policy, context, service=service).decision == "Allow"


def _folder(log: Properties, at: datetime) -> str:
    """As "Flow log files" in the user guide of VPC lays them out."""
    options, account, region = log["DestinationOptions"], get_account_id(), get_region()
    hourly = options["PerHourPartition"]
    if options["HiveCompatiblePartitions"]:
        hour = f"hour={at:%H}/" if hourly else ""
        return f"AWSLogs/aws-account-id={account}/aws-service=vpcflowlogs/aws-region={region}/year={at:%Y}/month={at:%m}/day={at:%d}/{hour}"
    return f"AWSLogs/{account}/vpcflowlogs/{region}/{at:%Y/%m/%d}/{f'{at:%H}/' if hourly else ''}"


def _to_s3(log: Properties, body: Properties) -> Properties:
    at = datetime.fromtimestamp(body["at"], timezone.utc)
    bucket, _, prefix = log["LogDestination"].removeprefix("arn:aws:s3:::").partition("/")
    name = "_".join([get_account_id(), "vpcflowlogs", get_region(), log["FlowLogId"], f"{at:%Y%m%dT%H%MZ}", new_uuid()[:8]])
    ending = "log.parquet" if log["DestinationOptions"]["FileFormat"] == "parquet" else "log.gz"
    key = f"{prefix.strip('/')}/{_folder(log, at)}{name}.{ending}".lstrip("/")
    source, owner = f"arn:aws:logs:{get_region()}:{get_account_id()}:{log['FlowLogId']}", s3._bucket_owner_account(bucket)
    file = f"arn:aws:s3:::{bucket}/{key}"
    with request_scope(owner or "", get_region()):
        policy = s3._bucket_policies.get(bucket)
        key_arn = s3._bucket_default_sse_headers(bucket).get("x-amz-server-side-encryption-aws-kms-key-id")
        key_policy = kms.key_policy_for_arn(key_arn) if key_arn else None
    if not _allows(policy, _S3, "s3:PutObject", file, source, **{"s3:x-amz-acl": _ACL}):
        raise ValueError(f"the policy of {bucket} does not let {_S3} write {file}")
    if not _allows(policy, _S3, "s3:GetBucketAcl", f"arn:aws:s3:::{bucket}", source):
        raise ValueError(f"the policy of {bucket} does not let {_S3} read its ACL")
    if key_arn and not (key_policy and _allows(key_policy[0], _S3, "kms:GenerateDataKey", key_arn, source)):
        raise ValueError(f"the policy of {key_arn} does not let {_S3} encrypt")
    with request_scope(owner, get_region()):
        ok(s3._put_object(bucket, key, base64.b64decode(body["body"]), {"content-type": "application/octet-stream"}))
    return {"destination": f"s3://{bucket}/{key}"}


def _to_log_group(log: Properties, body: Properties) -> Properties:
    group = log.get("LogGroupName") or log["LogDestination"].split(":log-group:")[1].removesuffix(":*")
    role, stream = log["DeliverLogsPermissionArn"], f"{log['ResourceId']}-all"
    source = f"arn:aws:ec2:{get_region()}:{get_account_id()}:vpc-flow-log/{log['FlowLogId']}"
    trust = iam._roles.get(role.rsplit("/", 1)[-1], {}).get("AssumeRolePolicyDocument")
    if not _allows(trust, _VPC, "sts:AssumeRole", "*", source):
        raise ValueError(f"{_VPC} may not assume {role}")
    target = f"arn:aws:logs:{get_region()}:{get_account_id()}:log-group:{group}"
    for action, resource in (("CreateLogStream", f"{target}:log-stream:{stream}"), ("PutLogEvents", f"{target}:log-stream:{stream}")):
        if not may(role, f"logs:{action}", resource):
            raise ValueError(denied(role, f"logs:{action}", resource))
    cloudwatch_logs._create_log_stream({"logGroupName": group, "logStreamName": stream})  # it may be there
    ok(cloudwatch_logs._put_log_events({"logGroupName": group, "logStreamName": stream, "logEvents": [
        {"timestamp": int(body["at"] * 1000), "message": line} for line in body["lines"]]}))
    return {"destination": f"{target}:log-stream:{stream}"}


def _to_firehose(log: Properties, body: Properties) -> Properties:
    _, _, _, region, account, stream = log["LogDestination"].split(":", 5)
    if account != get_account_id():
        role, other = log.get("DeliverLogsPermissionArn", ""), log.get("DeliverCrossAccountRole", "")
        if not role or not other or not may(role, "sts:AssumeRole", other):
            raise ValueError(f"{role or 'no role'} may not assume {other or 'any role'} of account {account}")
    with request_scope(account, region):
        ok(firehose._put_record_batch({
            "DeliveryStreamName": stream.removeprefix("deliverystream/"),
            "Records": [{"Data": base64.b64encode(json.dumps({"message": line}).encode()).decode()} for line in body["lines"]]}))
    return {"destination": log["LogDestination"]}


_TARGETS = {"s3": _to_s3, "cloud-watch-logs": _to_log_group, "kinesis-data-firehose": _to_firehose}


def _deliver(body: Properties) -> Properties:
    log = ec2._flow_logs.get(body["flowLogId"])
    if not log:
        raise ValueError(f"there is no flow log {body['flowLogId']}")
    return _TARGETS[log["LogDestinationType"]](log, body)


def install() -> None:
    routes.route("/_flow-logs/deliver", _deliver)
