import unittest

from ministack.services import sns

from tests.support import Resource


class Sns(unittest.TestCase):
    def test_the_key_of_a_topic_is_read_back_and_removed(self) -> None:
        topic = Resource("AWS::SNS::Topic", {"TopicName": "t", "KmsMasterKeyId": "key"})
        attributes = sns._topics[topic.id]["attributes"]
        self.assertEqual(attributes["KmsMasterKeyId"], "key")
        topic.update({"TopicName": "t"})
        self.assertNotIn("KmsMasterKeyId", attributes)
        topic.delete()
