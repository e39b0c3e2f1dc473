import unittest

from ministack.core.responses import request_scope
from ministack.services import ec2

from tests.sdk import ACCOUNT, REGION, client
from tests.support import Resource

ADDRESS, GATEWAY, GROUP = "AWS::EC2::EIP", "AWS::EC2::NatGateway", "AWS::EC2::SecurityGroup"
INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"
NFS = {"IpProtocol": "tcp", "FromPort": 2049, "ToPort": "2049"}


def named(name: str) -> list[dict]:
    return [{"Key": "Name", "Value": name}]


class Ec2(unittest.TestCase):
    def setUp(self) -> None:
        ec2.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.api = client("ec2")
        self.vpc = Resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
        self.subnet = Resource("AWS::EC2::Subnet", {"VpcId": self.vpc.id, "CidrBlock": "10.0.0.0/24", "AvailabilityZone": "eu-west-1a"})


class Attributes(Ec2):
    def test_what_templates_ask_for_is_known_after_an_update_too(self) -> None:
        group = Resource(GROUP, {"GroupDescription": "g", "VpcId": self.vpc.id})
        self.vpc.update({"CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True})
        self.assertLessEqual({"CidrBlock": "10.0.0.0/16", "VpcId": self.vpc.id}.items(), self.vpc.attributes.items())
        self.assertLessEqual({"CidrBlock": "10.0.0.0/24", "VpcId": self.vpc.id, "AvailabilityZone": "eu-west-1a"}.items(), self.subnet.attributes.items())
        self.assertLessEqual({"Id": group.id, "GroupId": group.id}.items(), group.attributes.items())


class Gateways(Ec2):
    def setUp(self) -> None:
        super().setUp()
        self.address = Resource(ADDRESS, {"Domain": "vpc", "Tags": named("out")})
        self.allocation = self.address.attributes["AllocationId"]

    def gateway(self, **properties: object) -> dict:
        return {"SubnetId": self.subnet.id, "AllocationId": self.allocation, **properties}

    def read(self, name: str) -> dict:
        [told] = self.api.describe_nat_gateways(NatGatewayIds=[name])["NatGateways"]
        return told

    def test_an_address_is_read_back_named_anew_and_released(self) -> None:
        [told] = self.api.describe_addresses()["Addresses"]
        self.assertEqual((told["AllocationId"], told["PublicIp"], told["Domain"], told["Tags"]), (self.allocation, self.address.id, "vpc", named("out")))
        self.address.update({"Domain": "vpc", "Tags": named("gate")})
        self.assertEqual(self.api.describe_addresses(AllocationIds=[self.allocation])["Addresses"][0]["Tags"], named("gate"))
        self.address.delete()
        self.assertEqual(self.api.describe_addresses()["Addresses"], [])

    def test_a_gateway_has_its_subnet_and_its_address_until_it_goes(self) -> None:
        gateway = Resource(GATEWAY, self.gateway(Tags=named("one")))
        other = Resource(GATEWAY, {"SubnetId": self.subnet.id, "ConnectivityType": "private"})
        told = self.read(gateway.id)
        self.assertEqual((told["SubnetId"], told["VpcId"], told["State"], told["Tags"]), (self.subnet.id, self.vpc.id, "available", named("one")))
        [held] = self.api.describe_addresses()["Addresses"]
        self.assertEqual(told["NatGatewayAddresses"], [{
            "AllocationId": self.allocation, "PublicIp": self.address.id, "AssociationId": held["AssociationId"], "IsPrimary": True, "Status": "succeeded"}])
        self.assertEqual([(each["NatGatewayId"], len(each["NatGatewayAddresses"])) for each in self.api.describe_nat_gateways()["NatGateways"]],
                         [(gateway.id, 1), (other.id, 0)])
        name = gateway.id
        gateway.update(self.gateway(Tags=named("two")))
        self.assertEqual((gateway.id, self.read(name)["Tags"]), (name, named("two")))
        gateway.delete()
        self.assertEqual((self.read(name)["State"], self.read(name)["NatGatewayAddresses"]), ("deleted", []))
        self.assertNotIn("AssociationId", self.api.describe_addresses()["Addresses"][0])

    def test_another_address_makes_another_gateway(self) -> None:
        gateway = Resource(GATEWAY, self.gateway())
        first, second = gateway.id, Resource(ADDRESS, {}).attributes["AllocationId"]
        gateway.update(self.gateway(AllocationId=second))
        self.assertEqual([self.read(name)["State"] for name in (first, gateway.id)], ["deleted", "available"])

    def test_gateways_that_aws_refuses(self) -> None:
        Resource(GATEWAY, self.gateway())
        for properties, code in (
            (self.gateway(), "Resource.AlreadyAssociated"), (self.gateway(AllocationId="eipalloc-0"), "InvalidAllocationID.NotFound"),
            (self.gateway(SubnetId="subnet-0"), "InvalidSubnetID.NotFound"),
        ):
            with self.subTest(code), self.assertRaisesRegex(ValueError, code):
                Resource(GATEWAY, properties)
        self.assertEqual(len(self.api.describe_nat_gateways()["NatGateways"]), 1)


class Rules(Ec2):
    def setUp(self) -> None:
        super().setUp()
        self.tasks, self.files = (Resource(GROUP, {"GroupDescription": name, "VpcId": self.vpc.id}, name) for name in ("Tasks", "Files"))

    def rules(self, group: Resource, egress: bool) -> list[dict]:
        told = self.api.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group.id]}])["SecurityGroupRules"]
        return [each for each in told if each["IsEgress"] == egress]

    def ingress(self, **properties: object) -> dict:
        return {**NFS, "GroupId": self.files.id, "SourceSecurityGroupId": self.tasks.id, **properties}

    def test_an_ingress_rule_is_read_back_described_anew_and_taken_away(self) -> None:
        rule = Resource(INGRESS, self.ingress(Description="tasks"))
        [told] = self.rules(self.files, False)
        self.assertEqual(
            (told["SecurityGroupRuleId"], told["IpProtocol"], told["FromPort"], told["ToPort"], told["ReferencedGroupInfo"]["GroupId"], told["Description"]),
            (rule.id, "tcp", 2049, 2049, self.tasks.id, "tasks"))
        rule.update(self.ingress(Description="tasks alone"))
        self.assertEqual([(each["SecurityGroupRuleId"], each["Description"]) for each in self.rules(self.files, False)], [(rule.id, "tasks alone")])
        [permission] = self.api.describe_security_groups(GroupIds=[self.files.id])["SecurityGroups"][0]["IpPermissions"]
        self.assertEqual(permission["UserIdGroupPairs"][0]["GroupId"], self.tasks.id)
        first = rule.id
        rule.update(self.ingress(FromPort=2050, ToPort=2050))
        self.assertNotEqual(rule.id, first)
        self.assertEqual([each["FromPort"] for each in self.rules(self.files, False)], [2050])
        rule.delete()
        self.assertEqual(self.rules(self.files, False), [])

    def test_the_first_egress_rule_ends_that_all_may_go_out(self) -> None:
        self.assertEqual([each["CidrIpv4"] for each in self.rules(self.tasks, True)], ["0.0.0.0/0"])
        rule = Resource(EGRESS, {**NFS, "GroupId": self.tasks.id, "DestinationSecurityGroupId": self.files.id})
        self.assertEqual([each["SecurityGroupRuleId"] for each in self.rules(self.tasks, True)], [rule.id])
        rule.delete()
        self.assertEqual(self.rules(self.tasks, True), [])

    def test_a_rule_beside_those_of_the_group_outlives_their_update(self) -> None:
        said = {"GroupDescription": "Own", "VpcId": self.vpc.id}
        group = Resource(GROUP, {**said, "SecurityGroupEgress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0", "Description": "all"}]}, "Own")
        rule = Resource(EGRESS, {**NFS, "GroupId": group.id, "DestinationSecurityGroupId": self.files.id})
        self.assertEqual([each["Description"] for each in self.rules(group, True) if "Description" in each], ["all"])
        group.update({**said, "SecurityGroupEgress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "0.0.0.0/0"}]})
        self.assertEqual({each["FromPort"] for each in self.rules(group, True)}, {443, 2049})
        group.delete()
        rule.delete()

    def test_rules_that_aws_refuses(self) -> None:
        Resource(INGRESS, self.ingress(Description="one"))
        for properties, reason in (
            (self.ingress(Description="two"), "already exists"), (self.ingress(GroupId="sg-0"), "'sg-0' does not exist"),
            (self.ingress(SourceSecurityGroupId="sg-1"), "'sg-1' does not exist"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                Resource(INGRESS, properties)
