"""AWS::EC2: addresses, NAT gateways and rules of security groups, and attributes that the emulator does not know."""

from __future__ import annotations

import re
from collections.abc import Callable

from ministack.core.responses import new_uuid
from ministack.services import ec2
from ministack.services.cloudformation.provisioners import (
    _STACK_TAG_PROPERTY, _ec2_apply_tags, _ec2_sg_egress_permissions, _ec2_sg_permissions,
)

from . import Properties, add_attributes, add_type, ok, replace_on_change

_ADDRESS, _NAT_GATEWAY = "AWS::EC2::EIP", "AWS::EC2::NatGateway"
_PEERS = (
    "CidrIp", "CidrIpv6", "SourceSecurityGroupId", "SourceSecurityGroupName", "SourceSecurityGroupOwnerId", "SourcePrefixListId",
    "DestinationSecurityGroupId", "DestinationPrefixListId",
)


def _create_address(logical_id: str, props: Properties, stack_name: str):
    before = set(ec2._addresses)
    ok(ec2._allocate_address({"Domain": props.get("Domain", "vpc")}))
    [allocation] = set(ec2._addresses) - before
    _ec2_apply_tags(allocation, props)
    address = ec2._addresses[allocation]["PublicIp"]
    return address, {"AllocationId": allocation, "PublicIp": address}


def _allocation_of(address: str) -> str | None:
    return next((allocation for allocation, each in ec2._addresses.items() if each["PublicIp"] == address), None)


def _update_address(physical_id: str, old: Properties, new: Properties, stack_name: str):
    allocation = _allocation_of(physical_id)
    _ec2_apply_tags(allocation, new, old)
    return physical_id, {"AllocationId": allocation, "PublicIp": physical_id}


def _delete_address(physical_id: str, props: Properties) -> None:
    allocation = _allocation_of(physical_id)
    if allocation:
        ok(ec2._release_address({"AllocationId": allocation}))


def _create_gateway(logical_id: str, props: Properties, stack_name: str):
    before = set(ec2._nat_gateways)
    ok(ec2._create_nat_gateway({name: props[name] for name in ("SubnetId", "AllocationId", "ConnectivityType") if name in props}))
    [gateway] = set(ec2._nat_gateways) - before
    return _update_gateway(gateway, {}, props, stack_name)


def _update_gateway(physical_id: str, old: Properties, new: Properties, stack_name: str):
    _ec2_apply_tags(physical_id, new, old)
    return physical_id, {"NatGatewayId": physical_id}


def _delete_gateway(physical_id: str, props: Properties) -> None:
    if physical_id in ec2._nat_gateways:
        ok(ec2._delete_nat_gateway({"NatGatewayId": physical_id}))


def _with_address(create: Callable) -> Callable:
    """A public NAT gateway has an address of its own, in a subnet that is there."""

    def created(params: Properties):
        subnet, allocation = ec2._p(params, "SubnetId"), ec2._p(params, "AllocationId")
        address = ec2._addresses.get(allocation)
        if subnet not in ec2._subnets:
            return ec2._error("InvalidSubnetID.NotFound", f"The subnet ID '{subnet}' does not exist", 400)
        if allocation and not address:
            return ec2._error("InvalidAllocationID.NotFound", f"The allocation ID '{allocation}' does not exist", 400)
        if address and address["AssociationId"]:
            return ec2._error("Resource.AlreadyAssociated", f"Elastic IP address [{allocation}] is already associated", 400)
        if address:
            address["AssociationId"] = f"eipassoc-{new_uuid().replace('-', '')[:17]}"
        return _with_addresses(create(params))

    return created


def _without_address(delete: Callable) -> Callable:
    def deleted(params: Properties):
        gateway = ec2._nat_gateways.get(ec2._p(params, "NatGatewayId")) or {}
        address = ec2._addresses.get(gateway.get("AllocationId"))
        if address:
            address["AssociationId"] = None
        return delete(params)

    return deleted


def _with_addresses(answer: tuple) -> tuple:
    """The emulator knows the address of a NAT gateway, and does not tell it."""
    status, headers, body = answer

    def told(match: re.Match) -> str:
        allocation = ec2._nat_gateways[match[2]]["AllocationId"]
        address = ec2._addresses.get(allocation)
        if not address or not address["AssociationId"]:
            return match[0]
        return (
            f"{match[1]}<natGatewayAddressSet><item><allocationId>{allocation}</allocationId><publicIp>{address['PublicIp']}</publicIp>"
            f"<associationId>{address['AssociationId']}</associationId><isPrimary>true</isPrimary><status>succeeded</status>"
            "</item></natGatewayAddressSet>")

    pattern = r"(<natGatewayId>(nat-\w+)</natGatewayId>(?:(?!<natGatewayId>).)*?)<natGatewayAddressSet/>"
    return status, headers, re.sub(pattern, told, body.decode(), flags=re.DOTALL).encode()


def _add_rules(name: str, key: str) -> None:
    """A rule that stands beside its security group, as CDK writes it when two groups name each other."""
    egress = key == "IpPermissionsEgress"

    def create(logical_id: str, props: Properties, stack_name: str):
        group = _group(props["GroupId"])
        [rule] = _ec2_sg_permissions([props])
        for pair in rule["UserIdGroupPairs"]:
            _group(pair["GroupId"])
        rule["SecurityGroupRuleId"] = ec2._sg_rule_id(group["GroupId"], egress, rule)
        if any(ec2._sg_rule_id(group["GroupId"], egress, each) == rule["SecurityGroupRuleId"] for each in group[key]):
            raise ValueError(f"the specified rule already exists in {group['GroupId']} (InvalidPermission.Duplicate)")
        # The first rule of its own takes from a group what allows all that goes out, unless the template said so.
        group[key][:] = [each for each in group[key] if not egress or [each] != _ec2_sg_egress_permissions(None)] + [rule]
        return rule["SecurityGroupRuleId"], {"Id": rule["SecurityGroupRuleId"]}

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str):
        group, [rule] = _group(new["GroupId"]), _ec2_sg_permissions([new])
        rule["SecurityGroupRuleId"] = physical_id
        group[key][:] = [rule if each.get("SecurityGroupRuleId") == physical_id else each for each in group[key]]
        return physical_id, {"Id": physical_id}

    def delete(physical_id: str, props: Properties) -> None:
        group = ec2._security_groups.get(props["GroupId"])
        if group:
            group[key][:] = [each for each in group[key] if each.get("SecurityGroupRuleId") != physical_id]

    add_type(name, create, delete, update)  # the description alone is changed in place
    replace_on_change(name, "GroupId", "IpProtocol", "FromPort", "ToPort", *_PEERS)


def _group(name: str) -> Properties:
    if name not in ec2._security_groups:
        raise ValueError(f"The security group '{name}' does not exist")
    return ec2._security_groups[name]


def install() -> None:
    add_type(_ADDRESS, _create_address, _delete_address, _update_address)
    replace_on_change(_ADDRESS, "Domain", "NetworkBorderGroup")
    add_type(_NAT_GATEWAY, _create_gateway, _delete_gateway, _update_gateway)
    replace_on_change(_NAT_GATEWAY, "SubnetId", "AllocationId", "ConnectivityType")
    for name in (_ADDRESS, _NAT_GATEWAY):
        _STACK_TAG_PROPERTY[name] = ("Tags", "list")
    describe = ec2._describe_nat_gateways
    ec2._create_nat_gateway, ec2._delete_nat_gateway = _with_address(ec2._create_nat_gateway), _without_address(ec2._delete_nat_gateway)
    ec2._ACTION_MAP.update(
        CreateNatGateway=ec2._create_nat_gateway, DeleteNatGateway=ec2._delete_nat_gateway,
        DescribeNatGateways=lambda params: _with_addresses(describe(params)))
    _add_rules("AWS::EC2::SecurityGroupIngress", "IpPermissions")
    _add_rules("AWS::EC2::SecurityGroupEgress", "IpPermissionsEgress")
    add_attributes("AWS::EC2::VPC", lambda name: {"CidrBlock": ec2._vpcs[name]["CidrBlock"]})
    add_attributes("AWS::EC2::Subnet", lambda name: {attribute: ec2._subnets[name][attribute] for attribute in ("CidrBlock", "VpcId")})
    add_attributes("AWS::EC2::SecurityGroup", lambda name: {"Id": name})
