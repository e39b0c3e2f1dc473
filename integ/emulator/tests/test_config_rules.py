import json
import unittest

from ministack.core.responses import get_account_id, get_region
from ministack.services import config

from tests.sdk import client
from tests.support import Resource

TYPE = "AWS::Config::ConfigRule"
RULE = {
    "Description": "tagged", "Source": {"Owner": "AWS", "SourceIdentifier": "REQUIRED_TAGS"},
    "Scope": {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}, "InputParameters": {"tag1Key": "Project"},
}


def rules() -> list[dict]:
    return client("config", get_account_id(), get_region()).describe_config_rules()["ConfigRules"]


class ConfigRules(unittest.TestCase):
    def setUp(self) -> None:
        config._config_rules.clear()

    def test_it_is_read_back_changed_and_removed(self) -> None:
        rule = Resource(TYPE, RULE)
        [told] = rules()
        for name in ("Description", "Source", "Scope"):
            self.assertEqual(told[name], RULE[name])
        self.assertEqual(json.loads(told["InputParameters"]), {"tag1Key": "Project"})
        self.assertEqual(rule.attributes, {"Arn": told["ConfigRuleArn"], "ConfigRuleId": told["ConfigRuleId"]})
        self.assertEqual(rule.id, told["ConfigRuleName"])
        rule.update({"Source": RULE["Source"]})
        [changed] = rules()
        self.assertEqual(changed["ConfigRuleArn"], told["ConfigRuleArn"])
        self.assertNotIn("InputParameters", changed)
        rule.delete()
        self.assertEqual(rules(), [])

    def test_its_name_may_be_chosen(self) -> None:
        self.assertEqual(Resource(TYPE, {**RULE, "ConfigRuleName": "chosen"}).id, "chosen")
