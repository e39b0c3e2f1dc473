import unittest

from ministack.core.responses import request_scope
from ministack.services import backup

from tests.sdk import ACCOUNT, REGION, client
from tests.support import Resource, body

PLAN = {"BackupPlan": {"BackupPlanName": "plan", "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": "vault"}]}}
CONDITIONS = {"StringEquals": [{"ConditionKey": "aws:ResourceTag/backup-tier", "ConditionValue": "low"}]}
SELECTION = {"SelectionName": "low", "IamRoleArn": "arn:aws:iam::111111111111:role/r", "Resources": ["*"], "Conditions": CONDITIONS}


class BackupTest(unittest.TestCase):
    """In the account and Region of the clients, beginning with nothing."""

    def setUp(self) -> None:
        backup.reset()
        self.enterContext(request_scope(ACCOUNT, REGION))
        self.backup = client("backup")

    def refused(self, code: str, call, **parameters) -> str:
        """The message of a refusal by this error."""
        with self.assertRaises(getattr(self.backup.exceptions, code)) as caught:
            call(**parameters)
        return str(caught.exception)


class Backup(BackupTest):
    def test_a_selection_is_read_back_with_its_conditions(self) -> None:
        plan = Resource("AWS::Backup::BackupPlan", PLAN)
        selection = Resource("AWS::Backup::BackupSelection", {"BackupPlanId": plan.id, "BackupSelection": SELECTION})
        self.assertEqual(selection.attributes["BackupPlanId"], plan.id)
        read = body(backup._get_selection(plan.id, selection.attributes["SelectionId"]))["BackupSelection"]
        self.assertEqual((read["Resources"], read["Conditions"]), (["*"], CONDITIONS))

    def test_a_selection_of_no_plan_is_refused(self) -> None:
        with self.assertRaisesRegex(ValueError, "not found"):
            Resource("AWS::Backup::BackupSelection", {"BackupPlanId": "none", "BackupSelection": SELECTION})

    def test_a_plan_goes_only_after_its_selections(self) -> None:
        plan = Resource("AWS::Backup::BackupPlan", PLAN)
        selection = Resource("AWS::Backup::BackupSelection", {"BackupPlanId": plan.id, "BackupSelection": SELECTION})
        with self.assertRaisesRegex(ValueError, "selections must be deleted"):
            plan.delete()
        selection.delete()
        plan.delete()
        self.assertEqual(backup._get_plan(plan.id)[0], 404)

    def test_each_rule_of_a_plan_has_an_id(self) -> None:
        plan = Resource("AWS::Backup::BackupPlan", PLAN)
        rule, = self.backup.get_backup_plan(BackupPlanId=plan.id)["BackupPlan"]["Rules"]
        self.assertRegex(rule["RuleId"], "^[0-9a-f-]{36}$")
