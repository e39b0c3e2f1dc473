import unittest

from botocore.exceptions import ClientError
from ministack.core.responses import get_account_id, get_region, request_scope

from provisioners import access_analyzer
from tests.sdk import client
from tests.support import Resource

TYPE = "AWS::AccessAnalyzer::Analyzer"
ARCHIVED = [{"RuleName": "meant", "Filter": [{"Property": "resource", "Eq": ["arn"]}, {"Property": "principal.AWS", "Contains": ["1"]}]}]


def unused(days: object) -> dict:
    return {"Type": "ACCOUNT_UNUSED_ACCESS", "AnalyzerName": "u", "AnalyzerConfiguration": {"UnusedAccessConfiguration": {"UnusedAccessAge": days}}}


class AccessAnalyzer(unittest.TestCase):
    def setUp(self) -> None:
        access_analyzer._analyzers.clear()
        self.client = client("accessanalyzer", get_account_id(), get_region())

    def test_it_is_read_back_with_what_it_archives_changed_and_removed(self) -> None:
        analyzer = Resource(TYPE, {"Type": "ACCOUNT", "AnalyzerName": "a", "ArchiveRules": ARCHIVED})
        told = self.client.get_analyzer(analyzerName="a")["analyzer"]
        self.assertEqual((told["arn"], told["type"], told["status"]), (analyzer.id, "ACCOUNT", "ACTIVE"))
        [rule] = self.client.list_archive_rules(analyzerName="a")["archiveRules"]
        self.assertEqual((rule["ruleName"], rule["filter"]), ("meant", {"resource": {"eq": ["arn"]}, "principal.AWS": {"contains": ["1"]}}))
        analyzer.update({"Type": "ACCOUNT", "AnalyzerName": "a"})
        self.assertEqual(self.client.list_archive_rules(analyzerName="a")["archiveRules"], [])
        analyzer.delete()
        self.assertEqual(self.client.list_analyzers()["analyzers"], [])
        with self.assertRaises(ClientError):
            self.client.get_analyzer(analyzerName="a")

    def test_the_age_of_unused_access_is_read_back_and_changed_in_place(self) -> None:
        analyzer = Resource(TYPE, unused("90"))
        before = analyzer.id
        analyzer.update(unused(30))
        self.assertEqual(analyzer.id, before)
        told = self.client.get_analyzer(analyzerName="u")["analyzer"]
        self.assertEqual(told["configuration"], {"unusedAccess": {"unusedAccessAge": 30}})

    def test_there_is_one_of_a_kind_in_an_account_and_region(self) -> None:
        Resource(TYPE, {"Type": "ACCOUNT"})
        Resource(TYPE, unused(90))
        with self.assertRaisesRegex(ValueError, "ServiceQuotaExceeded"):
            Resource(TYPE, {"Type": "ACCOUNT", "AnalyzerName": "second"})
        with request_scope(get_account_id(), "eu-central-1"):
            Resource(TYPE, {"Type": "ACCOUNT"})
