"""AWS::EC2::TransitGateway and its attachments of VPCs, so that flow logs have something to watch. Nothing is routed."""

from __future__ import annotations

import time

from ministack.core.responses import AccountRegionScopedDict, get_account_id, get_region, new_uuid
from ministack.services import ec2
from ministack.services.cloudformation.provisioners import _STACK_TAG_PROPERTY, _ec2_apply_tags

from . import Properties, add_type, guard_delete, replace_on_change, store
from .api_model import request
from .ec2_operations import answer_operation, passes

_GATEWAY = "AWS::EC2::TransitGateway"
_ATTACHMENTS = ("AWS::EC2::TransitGatewayAttachment", "AWS::EC2::TransitGatewayVpcAttachment")
_OPTIONS = (
    "AmazonSideAsn", "AutoAcceptSharedAttachments", "DefaultRouteTableAssociation", "DefaultRouteTablePropagation", "DnsSupport",
    "MulticastSupport", "SecurityGroupReferencingSupport", "TransitGatewayCidrBlocks", "VpnEcmpSupport")
_DEFAULTS = {
    "AmazonSideAsn": 64512, "AutoAcceptSharedAttachments": "disable", "DefaultRouteTableAssociation": "enable",
    "DefaultRouteTablePropagation": "enable", "DnsSupport": "enable", "MulticastSupport": "disable", "VpnEcmpSupport": "enable"}

gateways, attachments = store(ec2), store(ec2)


def _new_id(prefix: str) -> str:
    return f"{prefix}-{new_uuid().replace('-', '')[:17]}"


def _create_gateway(logical_id: str, props: Properties, stack_name: str):
    name = _new_id("tgw")
    gateways[name] = {
        "TransitGatewayId": name, "TransitGatewayArn": f"arn:aws:ec2:{get_region()}:{get_account_id()}:transit-gateway/{name}",
        "State": "available", "OwnerId": get_account_id(), "CreationTime": time.time()}
    return _update_gateway(name, {}, props, stack_name)


def _update_gateway(name: str, old: Properties, new: Properties, stack_name: str):
    options = request("ec2", "CreateTransitGateway", {"Options": {each: new[each] for each in _OPTIONS if each in new}})["Options"]
    gateways[name].update(Description=new.get("Description", ""), Options={**_DEFAULTS, **options})
    _ec2_apply_tags(name, new, old)
    return name, {"Id": name, "TransitGatewayArn": gateways[name]["TransitGatewayArn"]}


def _delete_gateway(name: str, props: Properties) -> None:
    gateways.pop(name, None)
    ec2._tags.pop(name, None)


def _attached(name: str) -> str | None:
    held = [each["TransitGatewayAttachmentId"] for each in attachments.values() if each["TransitGatewayId"] == name]
    return f"{name} has non-deleted attachments: {', '.join(held)} (IncorrectState)" if held else None


def _create_attachment(logical_id: str, props: Properties, stack_name: str):
    for known, key in ((gateways, "TransitGatewayId"), (ec2._vpcs, "VpcId")):
        if props[key] not in known:
            raise ValueError(f"{key} '{props[key]}' does not exist")
    name = _new_id("tgw-attach")
    attachments[name] = {
        "TransitGatewayAttachmentId": name, "TransitGatewayId": props["TransitGatewayId"], "VpcId": props["VpcId"], "State": "available",
        "VpcOwnerId": get_account_id(), "CreationTime": time.time()}
    return _update_attachment(name, {}, props, stack_name)


def _update_attachment(name: str, old: Properties, new: Properties, stack_name: str):
    attachments[name].update(SubnetIds=new["SubnetIds"], Options=new.get("Options") or {})
    _ec2_apply_tags(name, new, old)
    return name, {"Id": name}


def _delete_attachment(name: str, props: Properties) -> None:
    attachments.pop(name, None)
    ec2._tags.pop(name, None)


def _describes(operation: str, key: str, records: AccountRegionScopedDict, field: str, ids: str, **filters: str) -> None:
    def describe(said: Properties) -> Properties:
        told = [{**each, "Tags": ec2._tags.get(each[field]) or []} for each in records.values()]
        wanted = said.get(ids)
        return {key: [each for each in told if (not wanted or each[field] in wanted) and passes(each, said.get("Filters") or [], filters)]}

    answer_operation(operation, describe)


def install() -> None:
    add_type(_GATEWAY, _create_gateway, _delete_gateway, _update_gateway)
    guard_delete(_GATEWAY, _attached)
    replace_on_change(_GATEWAY, "AmazonSideAsn", "MulticastSupport")
    _STACK_TAG_PROPERTY[_GATEWAY] = ("Tags", "list")
    for name in _ATTACHMENTS:
        add_type(name, _create_attachment, _delete_attachment, _update_attachment)
        replace_on_change(name, "TransitGatewayId", "VpcId")
        _STACK_TAG_PROPERTY[name] = ("Tags", "list")
    common = {"state": "State", "transit-gateway-id": "TransitGatewayId"}
    _describes("DescribeTransitGateways", "TransitGateways", gateways, "TransitGatewayId", "TransitGatewayIds", **common)
    _describes(
        "DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments", attachments, "TransitGatewayAttachmentId",
        "TransitGatewayAttachmentIds", **common, **{"vpc-id": "VpcId", "transit-gateway-attachment-id": "TransitGatewayAttachmentId"})
