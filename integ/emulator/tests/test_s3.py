import unittest

from ministack.services import s3

from tests.support import Resource

BUCKET = "AWS::S3::Bucket"


def encryption(algorithm: str, **key: str) -> dict:
    return {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm, **key}}]}


class S3(unittest.TestCase):
    def setUp(self) -> None:
        s3.reset()

    def test_tags_are_set_changed_and_removed(self) -> None:
        bucket = Resource(BUCKET, {"BucketName": "b", "Tags": [{"Key": "tier", "Value": "a&b"}]})
        self.assertEqual(dict(s3._bucket_tags["b"]), {"tier": "a&b"})
        bucket.update({"BucketName": "b", "Tags": [{"Key": "tier", "Value": "low"}]})
        self.assertEqual(dict(s3._bucket_tags["b"]), {"tier": "low"})
        bucket.update({"BucketName": "b"})
        self.assertNotIn("b", s3._bucket_tags)

    def test_encryption_is_set_and_removed(self) -> None:
        bucket = Resource(BUCKET, {"BucketName": "b", "BucketEncryption": encryption("aws:kms", KMSMasterKeyID="key")})
        self.assertIn("<KMSMasterKeyID>key<", s3._get_bucket_encryption("b")[2])
        bucket.update({"BucketName": "b", "BucketEncryption": encryption("AES256")})
        self.assertIn("AES256", s3._get_bucket_encryption("b")[2])
        bucket.update({"BucketName": "b"})
        self.assertNotIn("b", s3._bucket_encryption)

    def test_the_key_of_the_service_is_left_out(self) -> None:
        Resource(BUCKET, {"BucketName": "b", "BucketEncryption": encryption("aws:kms")})
        self.assertNotIn("b", s3._bucket_encryption)

    def test_versioning_that_is_taken_away_is_suspended(self) -> None:
        bucket = Resource(BUCKET, {"BucketName": "b", "VersioningConfiguration": {"Status": "Enabled"}})
        bucket.update({"BucketName": "b"})
        self.assertEqual(s3._bucket_versioning["b"], "Suspended")

    def test_versioning_can_begin_suspended(self) -> None:
        Resource(BUCKET, {"BucketName": "b", "VersioningConfiguration": {"Status": "Suspended"}})
        self.assertEqual(s3._bucket_versioning["b"], "Suspended")

    def test_lifecycle_rules_are_set_and_removed(self) -> None:
        bucket = Resource(BUCKET, {"BucketName": "b", "LifecycleConfiguration": {"Rules": [{
            "Id": "old", "Status": "Enabled", "Prefix": "logs/", "ExpirationInDays": 90,
            "TagFilters": [{"Key": "tier", "Value": "low"}],
            "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
            "NoncurrentVersionTransitions": [{"StorageClass": "GLACIER", "TransitionInDays": 5, "NewerNoncurrentVersions": 2}],
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }]}})
        self.assertEqual(s3._bucket_lifecycle["b"], [{
            "ID": "old", "Status": "Enabled",
            "Filter": {"And": {"Prefix": "logs/", "Tags": [{"Key": "tier", "Value": "low"}]}},
            "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
            "NoncurrentVersionTransitions": [{"NoncurrentDays": 5, "NewerNoncurrentVersions": 2, "StorageClass": "GLACIER"}],
            "Expiration": {"Days": 90},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 7},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        }])
        bucket.update({"BucketName": "b", "LifecycleConfiguration": {"Rules": [{"Status": "Disabled", "ExpiredObjectDeleteMarker": True}]}})
        self.assertEqual(s3._bucket_lifecycle["b"], [{"Status": "Disabled", "Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": True}}])
        bucket.update({"BucketName": "b"})
        self.assertNotIn("b", s3._bucket_lifecycle)

    def test_public_access_is_blocked_and_released(self) -> None:
        blocked = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": True, "RestrictPublicBuckets": True}
        bucket = Resource(BUCKET, {"BucketName": "b", "PublicAccessBlockConfiguration": blocked})
        self.assertEqual(s3._get_public_access_block("b")[2].count(">true<"), 4)
        bucket.update({"BucketName": "b", "PublicAccessBlockConfiguration": {**blocked, "BlockPublicAcls": False}})
        self.assertEqual(s3._get_public_access_block("b")[2].count(">true<"), 3)

    def test_nothing_is_left_of_a_replacement_whose_settings_are_refused(self) -> None:
        bucket = Resource(BUCKET, {"BucketName": "b"})
        with self.assertRaisesRegex(ValueError, "MalformedXML"):
            bucket.update({"BucketName": "c", "BucketEncryption": encryption("rot13")})
        self.assertEqual(list(s3._buckets), ["b"])

    def test_nothing_is_left_of_a_bucket_whose_settings_are_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "MalformedXML"):
            Resource(BUCKET, {"BucketName": "b", "BucketEncryption": encryption("rot13")})
        self.assertNotIn("b", s3._buckets)
