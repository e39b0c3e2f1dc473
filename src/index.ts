export { BackupCopy, type BackupCopyOptions } from './tagged-backup-plan/backup-copy';
export { BackupCopyStack, type BackupCopyStackProps } from './tagged-backup-plan/backup-copy-stack';
export { BackupRule, type BackupRuleOptions, type ContinuousBackupRuleOptions } from './tagged-backup-plan/backup-rule';
export { BackupTier, type BackupTierOptions, type BackupTierPresetOptions } from './tagged-backup-plan/backup-tier';
export { TaggedBackupPlan, type TaggedBackupPlanProps } from './tagged-backup-plan/tagged-backup-plan';
