import time
import unittest

from ministack.services import backup

from tests.support import Resource, body

PLAN = {"BackupPlan": {"BackupPlanName": "plan", "BackupPlanRule": [{"RuleName": "daily", "TargetBackupVault": "vault"}]}}
CONDITIONS = {"StringEquals": [{"ConditionKey": "aws:ResourceTag/backup-tier", "ConditionValue": "low"}]}
SELECTION = {"SelectionName": "low", "IamRoleArn": "arn:aws:iam::111111111111:role/r", "Resources": ["*"], "Conditions": CONDITIONS}
POLICY = {"Statement": [{"Effect": "Allow", "Action": "backup:CopyIntoBackupVault"}]}


class Backup(unittest.TestCase):
    def setUp(self) -> None:
        backup.reset()

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

    def test_the_policy_of_a_vault_is_read_back_changed_and_removed(self) -> None:
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "vault", "AccessPolicy": POLICY})
        self.assertIn("CopyIntoBackupVault", body(backup._get_vault_access_policy("vault"))["Policy"])
        vault.update({"BackupVaultName": "vault", "AccessPolicy": {"Statement": []}})
        self.assertEqual(body(backup._get_vault_access_policy("vault"))["Policy"], '{"Statement": []}')
        vault.update({"BackupVaultName": "vault"})
        self.assertIn(b"No access policy", backup._get_vault_access_policy("vault")[2])
        self.assertIn(b"not found", backup._get_vault_access_policy("none")[2])

    def test_the_lock_of_a_vault_is_read_back_and_removed(self) -> None:
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "vault", "LockConfiguration": {"MinRetentionDays": "7"}})
        read = body(backup._describe_vault("vault"))
        self.assertEqual((read["Locked"], read["MinRetentionDays"]), (True, 7))
        self.assertNotIn("LockDate", read)
        vault.update({"BackupVaultName": "vault", "LockConfiguration": {"MinRetentionDays": 9, "ChangeableForDays": 3}})
        read = body(backup._describe_vault("vault"))
        self.assertEqual(read["MinRetentionDays"], 9)
        self.assertAlmostEqual(read["LockDate"], time.time() + 3 * 86_400, delta=60)
        vault.update({"BackupVaultName": "vault"})
        read = body(backup._describe_vault("vault"))
        self.assertEqual((read["Locked"], "MinRetentionDays" in read, "LockDate" in read), (False, False, False))

    def test_a_vault_that_is_renamed_takes_its_policy_along(self) -> None:
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "old", "AccessPolicy": POLICY})
        vault.update({"BackupVaultName": "new", "AccessPolicy": POLICY})
        self.assertEqual((vault.id, list(backup._vaults)), ("new", ["new"]))
        self.assertEqual(backup._get_vault_access_policy("new")[0], 200)
