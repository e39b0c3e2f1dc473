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

    def test_nothing_is_left_of_a_bucket_whose_settings_are_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "MalformedXML"):
            Resource(BUCKET, {"BucketName": "b", "BucketEncryption": encryption("rot13")})
        self.assertNotIn("b", s3._buckets)
