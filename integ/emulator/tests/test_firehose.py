import unittest

from ministack.core.responses import request_scope
from ministack.services import firehose, s3

from tests.sdk import ACCOUNT, REGION, client
from tests.support import Resource

TYPE, ROLE = "AWS::KinesisFirehose::DeliveryStream", f"arn:aws:iam::{ACCOUNT}:role/firehose"
S3 = {"BucketARN": "arn:aws:s3:::taken", "RoleARN": ROLE, "Prefix": "flows/", "CompressionFormat": "GZIP",
      "BufferingHints": {"IntervalInSeconds": "60", "SizeInMBs": 5}}
TAG, KEY = {"Key": "LogDeliveryEnabled", "Value": "true"}, f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k"
ENCRYPTION = {"KeyARN": KEY, "KeyType": "CUSTOMER_MANAGED_CMK"}


class Streams(unittest.TestCase):
    def setUp(self) -> None:
        firehose.reset()
        s3.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.api = client("firehose")
        client("s3").create_bucket(Bucket="taken", CreateBucketConfiguration={"LocationConstraint": REGION})

    def said(self, **changes: object) -> dict:
        return {"DeliveryStreamName": "flows", "DeliveryStreamType": "DirectPut", "ExtendedS3DestinationConfiguration": S3, **changes}

    def read(self) -> dict:
        return self.api.describe_delivery_stream(DeliveryStreamName="flows")["DeliveryStreamDescription"]

    def tags(self) -> list[dict]:
        return self.api.list_tags_for_delivery_stream(DeliveryStreamName="flows")["Tags"]

    def test_it_is_read_back_changed_and_removed(self) -> None:
        stream = Resource(TYPE, self.said(Tags=[TAG], DeliveryStreamEncryptionConfigurationInput=ENCRYPTION))
        told = self.read()
        self.assertEqual((told["DeliveryStreamARN"], told["DeliveryStreamStatus"], told["DeliveryStreamType"]), (stream.attributes["Arn"], "ACTIVE", "DirectPut"))
        described = told["Destinations"][0]["ExtendedS3DestinationDescription"]
        self.assertEqual({name: described[name] for name in S3}, {**S3, "BufferingHints": {"IntervalInSeconds": 60, "SizeInMBs": 5}})
        self.assertEqual((self.tags(), told["DeliveryStreamEncryptionConfiguration"]), ([TAG], {"Status": "ENABLED", **ENCRYPTION}))
        stream.update(self.said(ExtendedS3DestinationConfiguration={**S3, "Prefix": "other/"}, Tags=[]))
        told = self.read()
        self.assertEqual(told["Destinations"][0]["ExtendedS3DestinationDescription"]["Prefix"], "other/")
        self.assertEqual((self.tags(), told["DeliveryStreamEncryptionConfiguration"]["Status"]), ([], "DISABLED"))
        stream.update(self.said(DeliveryStreamEncryptionConfigurationInput=ENCRYPTION))
        self.assertEqual(self.read()["DeliveryStreamEncryptionConfiguration"], {"Status": "ENABLED", **ENCRYPTION})
        stream.delete()
        self.assertEqual(self.api.list_delivery_streams()["DeliveryStreamNames"], [])

    def test_what_is_put_reaches_the_bucket(self) -> None:
        Resource(TYPE, self.said())
        self.api.put_record(DeliveryStreamName="flows", Record={"Data": b"line"})
        [file] = client("s3").list_objects_v2(Bucket="taken", Prefix="flows/")["Contents"]
        self.assertEqual(client("s3").get_object(Bucket="taken", Key=file["Key"])["Body"].read(), b"line")

    def test_an_endpoint_of_a_third_party_is_told_without_its_key(self) -> None:
        said = {
            "EndpointConfiguration": {"Url": "https://logs.example.com", "Name": "tool", "AccessKey": "secret"}, "S3BackupMode": "AllData",
            "RoleARN": ROLE, "S3Configuration": {"BucketARN": "arn:aws:s3:::taken", "RoleARN": ROLE}, "RetryOptions": {"DurationInSeconds": 60},
            "RequestConfiguration": {"ContentEncoding": "GZIP"}}
        Resource(TYPE, {"DeliveryStreamName": "flows", "HttpEndpointDestinationConfiguration": said})
        told = self.read()["Destinations"][0]["HttpEndpointDestinationDescription"]
        self.assertEqual({name: told[name] for name in ("S3BackupMode", "RoleARN", "RetryOptions", "RequestConfiguration")},
                         {name: said[name] for name in ("S3BackupMode", "RoleARN", "RetryOptions", "RequestConfiguration")})
        self.assertEqual(told["EndpointConfiguration"], {"Url": "https://logs.example.com", "Name": "tool"})
        self.assertEqual(told["S3DestinationDescription"], said["S3Configuration"])
        self.assertNotIn("secret", firehose._describe_delivery_stream({"DeliveryStreamName": "flows"})[2].decode())

    def test_another_name_makes_another_stream_and_what_is_unknown_is_refused(self) -> None:
        stream = Resource(TYPE, self.said())
        stream.update(self.said(DeliveryStreamName="other"))
        self.assertEqual(self.api.list_delivery_streams()["DeliveryStreamNames"], ["other"])
        with self.assertRaisesRegex(ValueError, "does not know Colour"):
            Resource(TYPE, self.said(Colour="red"))
