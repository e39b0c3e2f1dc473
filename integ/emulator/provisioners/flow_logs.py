"""AWS::EC2::FlowLog, and all that AWS tells of a flow log; the emulator keeps five of its settings.

What does not fit together is refused, as AWS refuses it. The fields of the format are not judged. Nothing flows: a test
says what is delivered (flow_log_delivery.py).
"""

from __future__ import annotations

import re
import time

from ministack.core.responses import get_account_id, new_uuid
from ministack.services import cloudwatch_logs, ec2, firehose, s3
from ministack.services.cloudformation.provisioners import _STACK_TAG_PROPERTY, _ec2_apply_tags

from . import Properties, add_type, replace_on_change, transit_gateways
from .api_model import refusal, request
from .ec2_operations import answer_operation, passes
from .json_operations import Refusal

_TYPE = "AWS::EC2::FlowLog"
_DEFAULT_FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes} ${start} ${end} "
    "${action} ${log-status}")
_DEFAULT_OPTIONS = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}
_SETTINGS = (
    "DeliverCrossAccountRole", "DeliverLogsPermissionArn", "DestinationOptions", "LogDestination", "LogDestinationType", "LogFormat", "LogGroupName",
    "MaxAggregationInterval", "ResourceType", "TagFieldSpecifications", "TrafficType")
_FILTERS = {
    "deliver-log-status": "DeliverLogsStatus", "flow-log-id": "FlowLogId", "log-destination-type": "LogDestinationType",
    "log-group-name": "LogGroupName", "resource-id": "ResourceId", "traffic-type": "TrafficType"}
_RESOURCES = {
    "VPC": (ec2._vpcs, "InvalidVpcId.NotFound"), "Subnet": (ec2._subnets, "InvalidSubnetId.NotFound"),
    "NetworkInterface": (ec2._network_interfaces, "InvalidNetworkInterfaceId.NotFound"),
    "TransitGateway": (transit_gateways.gateways, "InvalidTransitGatewayID.NotFound"),
    "TransitGatewayAttachment": (transit_gateways.attachments, "InvalidTransitGatewayAttachmentID.NotFound")}


def create(said: Properties) -> Properties:
    settings = {"LogDestinationType": "cloud-watch-logs", **said}
    settings.setdefault("MaxAggregationInterval", 600)
    faulty = refusal("ec2", "CreateFlowLogsRequest", settings) or _misfit(settings) or _destination_fault(settings)
    if faulty:
        raise Refusal(faulty, "InvalidParameter")
    return {"FlowLogIds": [_record(resource, settings) for resource in settings["ResourceIds"]], "Unsuccessful": []}


def _misfit(said: Properties) -> str | None:
    """What AWS says to settings that do not fit together."""
    gateway, kind = said["ResourceType"].startswith("TransitGateway"), said["LogDestinationType"]
    interval = said["MaxAggregationInterval"]
    if gateway and "TrafficType" in said:
        return f"TrafficType is not supported for {said['ResourceType']}"
    if not gateway and "TrafficType" not in said:
        return "TrafficType is required"
    if interval not in ((60,) if gateway else (60, 600)):
        return f"MaxAggregationInterval {interval} is not supported for {said['ResourceType']}"
    if "DestinationOptions" in said and kind != "s3":
        return f"DestinationOptions are not supported for {kind}"
    if kind == "cloud-watch-logs" and "DeliverLogsPermissionArn" not in said:
        return "DeliverLogsPermissionArn is required for cloud-watch-logs"
    return None


def _destination_fault(said: Properties) -> str | None:
    kind, destination = said["LogDestinationType"], said.get("LogDestination", "")
    if kind == "cloud-watch-logs":
        return None if said.get("LogGroupName") or ":log-group:" in destination else "LogDestination or LogGroupName is required"
    if kind == "kinesis-data-firehose":
        known = any(stream["arn"] == destination for stream in firehose._streams.all_values())
        return None if known else f"LogDestination: {destination} does not exist"
    bucket, _, folder = destination.removeprefix("arn:aws:s3:::").partition("/")
    if not s3._bucket_owner_account(bucket):
        return f"LogDestination: {bucket} does not exist"
    return "LogDestination: AWSLogs is a reserved folder" if re.match(r"AWSLogs(/|$)", folder) else None


def _record(resource: str, settings: Properties) -> str:
    known, code = _RESOURCES.get(settings["ResourceType"], ({resource}, ""))
    if resource not in known:
        raise Refusal(f"The {settings['ResourceType']} ID '{resource}' does not exist", code)
    kept = {name: settings[name] for name in _SETTINGS if name in settings}
    kept.setdefault("LogFormat", _DEFAULT_FORMAT)
    if kept["LogDestinationType"] == "s3":
        kept["DestinationOptions"] = {**_DEFAULT_OPTIONS, **kept.get("DestinationOptions", {})}
    if any(each["ResourceId"] == resource and all(each.get(name) == kept.get(name) for name in _SETTINGS) for each in ec2._flow_logs.values()):
        raise Refusal("There is an existing Flow Log with the same configuration and log destination.", "FlowLogAlreadyExists")
    name = f"fl-{new_uuid().replace('-', '')[:17]}"
    ec2._flow_logs[name] = {
        **kept, "FlowLogId": name, "ResourceId": resource, "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "CreationTime": time.time()}
    for each in settings.get("TagSpecifications") or []:
        ec2._tags[name] = each["Tags"]
    return name


def _describe(said: Properties) -> Properties:
    told = [{**log, "Tags": ec2._tags.get(log["FlowLogId"]) or []} for log in ec2._flow_logs.values()]
    wanted = said.get("FlowLogIds")
    return {"FlowLogs": [log for log in told if (not wanted or log["FlowLogId"] in wanted) and passes(log, said.get("Filter") or [], _FILTERS)]}


def _create(logical_id: str, props: Properties, stack_name: str):
    said = {name: value for name, value in props.items() if name not in ("Tags", "ResourceId")}
    [name] = create(request("ec2", "CreateFlowLogs", {**said, "ResourceIds": [props["ResourceId"]]}))["FlowLogIds"]
    return _update(name, {}, props, stack_name)


def _update(physical_id: str, old: Properties, new: Properties, stack_name: str):
    _ec2_apply_tags(physical_id, new, old)
    return physical_id, {"Id": physical_id}


def _delete(physical_id: str, props: Properties) -> None:
    ec2._delete_flow_logs({"FlowLogId.1": physical_id})


def install() -> None:
    answer_operation("CreateFlowLogs", create)
    answer_operation("DescribeFlowLogs", _describe)
    add_type(_TYPE, _create, _delete, _update)  # tags alone are changed in place
    replace_on_change(_TYPE, "ResourceId", *_SETTINGS)
    _STACK_TAG_PROPERTY[_TYPE] = ("Tags", "list")
