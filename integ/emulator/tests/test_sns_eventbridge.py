import unittest

from ministack.services import eventbridge, sns

from tests.support import Resource, body


class Sns(unittest.TestCase):
    def test_the_key_of_a_topic_is_read_back_and_removed(self) -> None:
        topic = Resource("AWS::SNS::Topic", {"TopicName": "t", "KmsMasterKeyId": "key"})
        attributes = sns._topics[topic.id]["attributes"]
        self.assertEqual(attributes["KmsMasterKeyId"], "key")
        topic.update({"TopicName": "t"})
        self.assertNotIn("KmsMasterKeyId", attributes)
        topic.delete()


class EventBridge(unittest.TestCase):
    def test_events_of_aws_services_can_be_planted(self) -> None:
        entry = {"Source": "aws.backup", "DetailType": "Backup Job State Change", "Detail": "{}"}
        self.assertEqual(body(eventbridge._put_events({"Entries": [entry]}))["FailedEntryCount"], 0)
