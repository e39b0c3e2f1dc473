import base64
import json
import unittest

from botocore.exceptions import ClientError
from ministack.core.responses import request_scope
from ministack.services import cloudwatch_logs, ec2, firehose, iam, kms, s3

from tests.sdk import ACCOUNT, REGION, client, control
from tests.support import Resource

LOG, OTHER, AT = "AWS::EC2::FlowLog", "222222222222", 1_900_000_000  # 2030-03-17 17:46:40
ROLE = f"arn:aws:iam::{ACCOUNT}:role/delivery"
SOURCES = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"}}


def statement(action: str, resource: str, condition: dict, service: str = "delivery.logs.amazonaws.com") -> dict:
    return {"Effect": "Allow", "Principal": {"Service": service}, "Action": action, "Resource": resource, "Condition": condition}


def bucket_policy(path: str) -> str:
    acl = {**SOURCES, "StringEquals": {**SOURCES["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}}
    return json.dumps({"Version": "2012-10-17", "Statement": [
        statement("s3:PutObject", f"arn:aws:s3:::logs/{path}", acl), statement("s3:GetBucketAcl", "arn:aws:s3:::logs", SOURCES)]})


class FlowLogs(unittest.TestCase):
    def setUp(self) -> None:
        for service in (cloudwatch_logs, ec2, firehose, iam, kms, s3):
            service.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.api = client("ec2")
        self.vpc = Resource("AWS::EC2::VPC", {"CidrBlock": "10.0.0.0/16"})
        client("s3").create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": REGION})

    def said(self, **changes: object) -> dict:
        said = {
            "ResourceId": self.vpc.id, "ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3",
            "LogDestination": "arn:aws:s3:::logs/team", **changes}
        return {name: value for name, value in said.items() if value is not None}

    def read(self, log: Resource) -> dict:
        [told] = self.api.describe_flow_logs(FlowLogIds=[log.id])["FlowLogs"]
        return told


class Settings(FlowLogs):
    def test_all_of_them_are_read_back(self) -> None:
        log = Resource(LOG, self.said(
            LogFormat="${srcaddr} ${instance-tag}", MaxAggregationInterval="60", Tags=[{"Key": "Name", "Value": "all"}],
            DestinationOptions={"fileFormat": "parquet", "hiveCompatiblePartitions": "true", "perHourPartition": True},
            TagFieldSpecifications=[{"ResourceType": "instance", "TagKeys": ["Team"]}]))
        told = self.read(log)
        self.assertEqual(told.pop("CreationTime").year > 2020, True)
        self.assertEqual(told, {
            "FlowLogId": log.id, "FlowLogStatus": "ACTIVE", "DeliverLogsStatus": "SUCCESS", "ResourceId": self.vpc.id, "TrafficType": "ALL",
            "LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::logs/team", "LogFormat": "${srcaddr} ${instance-tag}",
            "MaxAggregationInterval": 60, "Tags": [{"Key": "Name", "Value": "all"}],
            "DestinationOptions": {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True},
            "TagFieldSpecifications": [{"ResourceType": "instance", "TagKeys": ["Team"]}]})
        self.assertEqual(log.attributes, {"Id": log.id})

    def test_what_is_not_said_is_as_aws_has_it(self) -> None:
        told = self.read(Resource(LOG, self.said()))
        self.assertRegex(told["LogFormat"], r"^\$\{version\} \$\{account-id\} .* \$\{action\} \$\{log-status\}$")
        self.assertEqual((len(told["LogFormat"].split()), told["MaxAggregationInterval"]), (14, 600))
        self.assertEqual(told["DestinationOptions"], {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False})

    def test_every_change_but_of_tags_makes_a_new_one(self) -> None:
        log = Resource(LOG, self.said())
        first = log.id
        log.update(self.said(Tags=[{"Key": "Name", "Value": "two"}]))
        self.assertEqual((log.id, self.read(log)["Tags"]), (first, [{"Key": "Name", "Value": "two"}]))
        for change in ({"LogFormat": "${srcaddr}"}, {"TrafficType": "REJECT"}, {"MaxAggregationInterval": 60}, {"LogDestination": "arn:aws:s3:::logs"},
                       {"DestinationOptions": {"FileFormat": "parquet", "HiveCompatiblePartitions": False, "PerHourPartition": False}}):
            before = log.id
            log.update(self.said(**change))
            self.assertNotEqual(log.id, before, change)
            self.assertEqual([each["FlowLogId"] for each in self.api.describe_flow_logs()["FlowLogs"]], [log.id])
        log.delete()
        self.assertEqual(self.api.describe_flow_logs()["FlowLogs"], [])

    def test_they_are_created_and_found_through_the_api(self) -> None:
        [name] = self.api.create_flow_logs(
            ResourceIds=[self.vpc.id], ResourceType="VPC", TrafficType="ACCEPT", LogDestinationType="s3", LogDestination="arn:aws:s3:::logs",
            DestinationOptions={"FileFormat": "parquet", "HiveCompatiblePartitions": False, "PerHourPartition": True},
            TagSpecifications=[{"ResourceType": "vpc-flow-log", "Tags": [{"Key": "Team", "Value": "net"}]}])["FlowLogIds"]
        Resource(LOG, self.said())
        for wanted in ({"Name": "traffic-type", "Values": ["ACCEPT"]}, {"Name": "tag:Team", "Values": ["net"]}):
            self.assertEqual([each["FlowLogId"] for each in self.api.describe_flow_logs(Filter=[wanted])["FlowLogs"]], [name])
        with self.assertRaisesRegex(ClientError, "The filter 'colour' is invalid"):
            self.api.describe_flow_logs(Filter=[{"Name": "colour", "Values": ["x"]}])

    def test_what_aws_refuses(self) -> None:
        gateway = Resource("AWS::EC2::TransitGateway", {})
        watched = {"ResourceId": gateway.id, "ResourceType": "TransitGateway"}
        Resource(LOG, self.said())
        for said, reason in (
            (self.said(), "existing Flow Log with the same configuration"), (self.said(ResourceId="vpc-0"), "'vpc-0' does not exist"),
            (self.said(TrafficType=None), "TrafficType is required"), (self.said(TrafficType="SOME"), "enum value set"),
            (self.said(MaxAggregationInterval=300), "MaxAggregationInterval 300"), (self.said(**watched), "TrafficType is not supported"),
            (self.said(**watched, TrafficType=None), "MaxAggregationInterval 600"), (self.said(LogDestination="arn:aws:s3:::absent"), "absent does not exist"),
            (self.said(LogDestination="arn:aws:s3:::logs/AWSLogs/x"), "reserved"), (self.said(Colour="red"), "does not know Colour"),
            (self.said(LogDestinationType="cloud-watch-logs", LogGroupName="g"), "DeliverLogsPermissionArn is required"),
            (self.said(LogDestinationType="cloud-watch-logs", LogDestination=None, DeliverLogsPermissionArn=ROLE), "LogGroupName is required"),
            (self.said(LogDestinationType="kinesis-data-firehose", DestinationOptions={"FileFormat": "parquet"}), "DestinationOptions are not"),
            (self.said(LogDestinationType="kinesis-data-firehose"), "does not exist"),
        ):
            with self.subTest(reason), self.assertRaisesRegex(ValueError, reason):
                Resource(LOG, said)
        Resource(LOG, self.said(**watched, TrafficType=None, MaxAggregationInterval=60))


class Delivery(FlowLogs):
    def deliver(self, log: Resource, **what: object) -> str:
        return control("/_flow-logs/deliver", {"flowLogId": log.id, "at": AT, **what})["destination"]

    def plant(self, log: Resource) -> str:
        return self.deliver(log, body=base64.b64encode(b"file").decode())

    def refused(self, reason: str):
        return self.assertRaisesRegex(ValueError, reason)

    def test_files_lie_where_the_options_say(self) -> None:
        client("s3").put_bucket_policy(Bucket="logs", Policy=bucket_policy("team/AWSLogs/*"))
        for format, hive, hourly, folder, ending in (
            ("plain-text", False, False, f"{ACCOUNT}/vpcflowlogs/{REGION}/2030/03/17/", "log.gz"),
            ("parquet", False, True, f"{ACCOUNT}/vpcflowlogs/{REGION}/2030/03/17/17/", "log.parquet"),
            ("parquet", True, False, f"aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={REGION}/year=2030/month=03/day=17/", "log.parquet"),
            ("parquet", True, True, f"aws-account-id={ACCOUNT}/aws-service=vpcflowlogs/aws-region={REGION}/year=2030/month=03/day=17/hour=17/",
             "log.parquet"),
        ):
            options = {"FileFormat": format, "HiveCompatiblePartitions": hive, "PerHourPartition": hourly}
            log = Resource(LOG, self.said(DestinationOptions=options))
            url = self.plant(log)
            name = rf"{ACCOUNT}_vpcflowlogs_{REGION}_{log.id}_20300317T1746Z_\w{{8}}\.{ending}"
            self.assertRegex(url, rf"^s3://logs/team/AWSLogs/{folder}{name}$")
            self.assertEqual(client("s3").get_object(Bucket="logs", Key=url.removeprefix("s3://logs/"))["Body"].read(), b"file")

    def test_a_bucket_takes_what_its_policy_lets_in(self) -> None:
        log = Resource(LOG, self.said())
        with self.refused("the policy of logs does not let delivery.logs.amazonaws.com write"):
            self.plant(log)
        for policy in (bucket_policy("team/AWSLogs/222222222222/*"), bucket_policy("*").replace(ACCOUNT, OTHER), bucket_policy("*").replace(REGION, "us-east-1"),
                       bucket_policy("*").replace("full-control", "read")):
            client("s3").put_bucket_policy(Bucket="logs", Policy=policy)
            with self.refused("does not let"):
                self.plant(log)
        client("s3").put_bucket_policy(Bucket="logs", Policy=bucket_policy("*").replace("GetBucketAcl", "GetBucketTagging"))
        with self.refused("read its ACL"):
            self.plant(log)

    def test_a_bucket_of_another_account_takes_it_too(self) -> None:
        client("s3", OTHER).create_bucket(Bucket="central", CreateBucketConfiguration={"LocationConstraint": REGION})
        client("s3", OTHER).put_bucket_policy(Bucket="central", Policy=bucket_policy(f"AWSLogs/{ACCOUNT}/*").replace(":logs", ":central").replace(
            "aws:central:", "aws:logs:"))
        key = self.plant(Resource(LOG, self.said(LogDestination="arn:aws:s3:::central"))).removeprefix("s3://central/")
        self.assertEqual(client("s3", OTHER).get_object(Bucket="central", Key=key)["Body"].read(), b"file")

    def test_a_key_encrypts_when_its_policy_lets_the_delivery(self) -> None:
        key = Resource("AWS::KMS::Key", {"KeyPolicy": {"Version": "2012-10-17", "Statement": []}})
        rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key.attributes["Arn"]}}
        client("s3").put_bucket_encryption(Bucket="logs", ServerSideEncryptionConfiguration={"Rules": [rule]})
        client("s3").put_bucket_policy(Bucket="logs", Policy=bucket_policy("*"))
        log = Resource(LOG, self.said())
        with self.refused("does not let delivery.logs.amazonaws.com encrypt"):
            self.plant(log)
        client("kms").put_key_policy(KeyId=key.id, Policy=json.dumps({"Statement": [statement("kms:GenerateDataKey*", "*", SOURCES)]}))
        self.plant(log)

    def role(self, trust: dict, *allowed: dict) -> None:
        client("iam").create_role(RoleName="delivery", AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
        client("iam").put_role_policy(RoleName="delivery", PolicyName="p", PolicyDocument=json.dumps({"Statement": [
            {"Effect": "Allow", **each} for each in allowed]}))

    def test_lines_reach_a_log_group_as_the_role(self) -> None:
        client("logs").create_log_group(logGroupName="flows")
        log = Resource(LOG, self.said(LogDestinationType="cloud-watch-logs", LogDestination=None, LogGroupName="flows", DeliverLogsPermissionArn=ROLE))
        source = {"StringEquals": {"aws:SourceAccount": ACCOUNT}, "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc-flow-log/*"}}
        trust = {name: value for name, value in statement("sts:AssumeRole", "", source, "vpc-flow-logs.amazonaws.com").items() if name != "Resource"}
        self.role({**trust, "Condition": {"StringEquals": {"aws:SourceAccount": OTHER}}}, {"Action": "logs:*", "Resource": "*"})
        with self.refused("vpc-flow-logs.amazonaws.com may not assume"):
            self.deliver(log, lines=["one"])
        iam.reset()
        self.role(trust, {"Action": "logs:PutLogEvents", "Resource": "*"})
        with self.refused("not authorized to perform: logs:CreateLogStream"):
            self.deliver(log, lines=["one"])
        iam.reset()
        self.role(trust, {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Resource": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:flows:*"})
        self.deliver(log, lines=["one"])
        self.deliver(log, lines=["two"])
        told = client("logs").filter_log_events(logGroupName="flows")["events"]
        self.assertEqual([(each["message"], each["timestamp"]) for each in told], [("one", AT * 1000), ("two", AT * 1000)])

    def test_lines_reach_firehose_in_another_account_too(self) -> None:
        stream = {"DeliveryStreamName": "flows", "S3DestinationConfiguration": {"BucketARN": "arn:aws:s3:::taken", "RoleARN": ROLE}}
        with request_scope(OTHER, REGION):
            client("s3", OTHER).create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": REGION})
            made = Resource("AWS::KinesisFirehose::DeliveryStream", stream)
        other = f"arn:aws:iam::{OTHER}:role/taker"
        log = Resource(LOG, self.said(
            LogDestinationType="kinesis-data-firehose", LogDestination=made.attributes["Arn"], DeliverLogsPermissionArn=ROLE, DeliverCrossAccountRole=other))
        self.assertEqual(self.read(log)["DeliverCrossAccountRole"], other)
        with self.refused("may not assume"):
            self.deliver(log, lines=["one"])
        self.role(statement("sts:AssumeRole", "", {}), {"Action": "sts:AssumeRole", "Resource": other})
        self.deliver(log, lines=["one"])
        [file] = client("s3", OTHER).list_objects_v2(Bucket="taken")["Contents"]
        self.assertEqual(client("s3", OTHER).get_object(Bucket="taken", Key=file["Key"])["Body"].read(), b'{"message": "one"}')

    def test_a_flow_log_that_is_absent(self) -> None:
        with self.refused("there is no flow log fl-0"):
            control("/_flow-logs/deliver", {"flowLogId": "fl-0"})


class TransitGateways(FlowLogs):
    def test_a_gateway_and_its_attachment_are_read_back_and_watched(self) -> None:
        gateway = Resource("AWS::EC2::TransitGateway", {"Description": "hub", "AmazonSideAsn": "64513", "Tags": [{"Key": "Name", "Value": "hub"}]})
        subnet = Resource("AWS::EC2::Subnet", {"VpcId": self.vpc.id, "CidrBlock": "10.0.0.0/24"})
        attachment = Resource("AWS::EC2::TransitGatewayAttachment", {"TransitGatewayId": gateway.id, "VpcId": self.vpc.id, "SubnetIds": [subnet.id]})
        [told] = self.api.describe_transit_gateways(TransitGatewayIds=[gateway.id])["TransitGateways"]
        self.assertEqual((told["Description"], told["State"], told["Options"]["AmazonSideAsn"], told["Options"]["DnsSupport"], told["Tags"]),
                         ("hub", "available", 64513, "enable", [{"Key": "Name", "Value": "hub"}]))
        wanted = [{"Name": "transit-gateway-id", "Values": [gateway.id]}]
        [told] = self.api.describe_transit_gateway_vpc_attachments(Filters=wanted)["TransitGatewayVpcAttachments"]
        self.assertEqual((told["TransitGatewayAttachmentId"], told["VpcId"], told["SubnetIds"]), (attachment.id, self.vpc.id, [subnet.id]))
        for watched, kind in ((gateway, "TransitGateway"), (attachment, "TransitGatewayAttachment")):
            Resource(LOG, self.said(ResourceId=watched.id, ResourceType=kind, TrafficType=None, MaxAggregationInterval=60))
        with self.assertRaisesRegex(ValueError, "has non-deleted attachments"):
            gateway.delete()
        first = attachment.id
        attachment.update({"TransitGatewayId": gateway.id, "VpcId": self.vpc.id, "SubnetIds": [subnet.id], "Tags": [{"Key": "a", "Value": "b"}]})
        self.assertEqual(attachment.id, first)
        attachment.delete()
        gateway.update({"Description": "none"})
        self.assertEqual(self.api.describe_transit_gateways()["TransitGateways"][0]["Description"], "none")
        gateway.delete()
        self.assertEqual(self.api.describe_transit_gateways()["TransitGateways"], [])
        with self.assertRaisesRegex(ValueError, "TransitGatewayId 'tgw-0' does not exist"):
            Resource("AWS::EC2::TransitGatewayAttachment", {"TransitGatewayId": "tgw-0", "VpcId": self.vpc.id, "SubnetIds": []})
