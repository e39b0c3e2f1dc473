import time

from ministack.services import backup

from tests.support import Resource
from tests.test_backup import BackupTest

POLICY = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "backup:CopyIntoBackupVault", "Resource": "*"}]}
TABLE = "arn:aws:dynamodb:eu-west-1:111111111111:table/orders"
ROLE = "arn:aws:iam::111111111111:role/r"
TOPIC = {"SNSTopicArn": "arn:aws:sns:eu-west-1:111111111111:t", "BackupVaultEvents": ["BACKUP_JOB_FAILED"]}


class Vaults(BackupTest):
    def test_the_policy_of_a_vault_is_read_back_changed_and_removed(self) -> None:
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "vault", "AccessPolicy": POLICY})
        read = self.backup.get_backup_vault_access_policy
        self.assertIn("CopyIntoBackupVault", read(BackupVaultName="vault")["Policy"])
        vault.update({"BackupVaultName": "vault", "AccessPolicy": {"Statement": []}})
        self.assertEqual(read(BackupVaultName="vault")["Policy"], '{"Statement": []}')
        vault.update({"BackupVaultName": "vault"})
        self.assertIn("no associated policy", self.refused("ResourceNotFoundException", read, BackupVaultName="vault"))
        self.assertIn("not found", self.refused("ResourceNotFoundException", read, BackupVaultName="none"))
        self.backup.put_backup_vault_access_policy(BackupVaultName="vault", Policy='{"Statement": []}')
        self.assertEqual(read(BackupVaultName="vault")["Policy"], '{"Statement": []}')

    def test_the_lock_of_a_vault_is_read_back_and_removed(self) -> None:
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "vault", "LockConfiguration": {"MinRetentionDays": "7"}})
        read = self.backup.describe_backup_vault(BackupVaultName="vault")
        self.assertEqual((read["Locked"], read["MinRetentionDays"], read["VaultType"]), (True, 7, "BACKUP_VAULT"))
        self.assertNotIn("LockDate", read)
        compliance = {"BackupVaultName": "vault", "LockConfiguration": {"MinRetentionDays": 9, "ChangeableForDays": 3}}
        vault.update(compliance)
        read = self.backup.describe_backup_vault(BackupVaultName="vault")
        self.assertEqual(read["MinRetentionDays"], 9)
        self.assertAlmostEqual(read["LockDate"].timestamp(), time.time() + 3 * 86_400, delta=60)
        vault.update({"BackupVaultName": "vault"})
        read = self.backup.describe_backup_vault(BackupVaultName="vault")
        self.assertEqual((read["Locked"], "MinRetentionDays" in read, "LockDate" in read), (False, False, False))

    def test_after_its_date_nobody_takes_a_lock_away_and_an_update_of_something_else_leaves_it(self) -> None:
        locked = {"BackupVaultName": "vault", "LockConfiguration": {"MinRetentionDays": 9, "ChangeableForDays": 3}}
        vault = Resource("AWS::Backup::BackupVault", locked)
        backup._vaults["vault"]["LockDate"] = date = int(time.time()) - 1
        for call in (self.backup.delete_backup_vault_lock_configuration, self.backup.put_backup_vault_lock_configuration):
            self.assertIn("immutable", self.refused("InvalidRequestException", call, BackupVaultName="vault"))
        with self.assertRaisesRegex(ValueError, "immutable"):
            vault.update({"BackupVaultName": "vault"})
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "other"})
        vault.update({**locked, "BackupVaultName": "other"})
        backup._vaults["other"]["LockDate"] = date
        vault.update({**locked, "BackupVaultName": "other", "Notifications": TOPIC})
        self.assertEqual(backup._vaults["other"]["LockDate"], date)

    def test_a_vault_that_is_renamed_takes_its_policy_along(self) -> None:
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "old", "AccessPolicy": POLICY})
        vault.update({"BackupVaultName": "new", "AccessPolicy": POLICY})
        self.assertEqual((vault.id, list(backup._vaults)), ("new", ["new"]))
        self.assertIn("Copy", self.backup.get_backup_vault_access_policy(BackupVaultName="new")["Policy"])

    def test_the_notifications_of_a_vault_are_read_back_changed_and_removed(self) -> None:
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "vault", "Notifications": TOPIC})
        read = self.backup.get_backup_vault_notifications
        self.assertLessEqual(TOPIC.items(), read(BackupVaultName="vault").items())
        vault.update({"BackupVaultName": "vault"})
        self.assertIn("no associated notifications", self.refused("ResourceNotFoundException", read, BackupVaultName="vault"))
        self.backup.put_backup_vault_notifications(BackupVaultName="vault", **TOPIC)
        self.assertLessEqual(TOPIC.items(), read(BackupVaultName="vault").items())
        self.backup.delete_backup_vault_notifications(BackupVaultName="vault")
        self.refused("ResourceNotFoundException", read, BackupVaultName="vault")

    def test_a_vault_with_recovery_points_stays(self) -> None:
        vault = Resource("AWS::Backup::BackupVault", {"BackupVaultName": "vault"})
        point = self.backup.start_backup_job(BackupVaultName="vault", ResourceArn=TABLE, IamRoleArn=ROLE)["RecoveryPointArn"]
        self.assertIn("contains recovery points", self.refused("InvalidRequestException", self.backup.delete_backup_vault, BackupVaultName="vault"))
        with self.assertRaisesRegex(ValueError, "contains recovery points"):
            vault.delete()
        self.assertEqual(self.backup.list_backup_vaults()["BackupVaultList"][0]["NumberOfRecoveryPoints"], 1)
        self.backup.delete_recovery_point(BackupVaultName="vault", RecoveryPointArn=point)
        vault.delete()
        self.assertEqual(self.backup.list_backup_vaults()["BackupVaultList"], [])


class AirGapped(BackupTest):
    DAYS = {"MinRetentionDays": 7, "MaxRetentionDays": 35}

    def test_it_is_locked_for_good(self) -> None:
        vault = Resource("AWS::Backup::LogicallyAirGappedBackupVault", {"BackupVaultName": "gapped", **self.DAYS, "AccessPolicy": POLICY})
        read = self.backup.describe_backup_vault(BackupVaultName="gapped")
        self.assertEqual((vault.id, vault.attributes), ("gapped", {"BackupVaultArn": read["BackupVaultArn"], "BackupVaultName": "gapped"}))
        self.assertLessEqual({**self.DAYS, "Locked": True, "VaultType": "LOGICALLY_AIR_GAPPED_BACKUP_VAULT"}.items(), read.items())
        self.refused("InvalidRequestException", self.backup.delete_backup_vault_lock_configuration, BackupVaultName="gapped")
        vault.update({"BackupVaultName": "gapped", **self.DAYS, "BackupVaultTags": {"a": "b"}, "Notifications": TOPIC})
        self.assertEqual(backup._vaults["gapped"]["BackupVaultTags"], {"a": "b"})
        self.refused("ResourceNotFoundException", self.backup.get_backup_vault_access_policy, BackupVaultName="gapped")
        self.backup.get_backup_vault_notifications(BackupVaultName="gapped")
        vault.update({"BackupVaultName": "other", **self.DAYS})
        self.assertEqual(list(backup._vaults), ["other"])
        vault.delete()
        self.assertEqual(list(backup._vaults), [])

    def test_it_keeps_for_at_least_a_week(self) -> None:
        create = self.backup.create_logically_air_gapped_backup_vault
        self.assertEqual(create(BackupVaultName="gapped", **self.DAYS)["VaultState"], "AVAILABLE")
        self.refused("AlreadyExistsException", create, BackupVaultName="gapped", **self.DAYS)
        for days in ({"MinRetentionDays": 6, "MaxRetentionDays": 35}, {"MinRetentionDays": 9, "MaxRetentionDays": 8}):
            self.assertIn("at least 7", self.refused("InvalidParameterValueException", create, BackupVaultName="other", **days))
        with self.assertRaisesRegex(ValueError, "at least 7"):
            Resource("AWS::Backup::LogicallyAirGappedBackupVault", {"BackupVaultName": "other", "MinRetentionDays": 7})
