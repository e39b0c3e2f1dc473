export { BackupCopy, BackupCopyOptions } from './tagged-backup-plan/backup-copy';
export { BackupCopyStack, BackupCopyStackProps } from './tagged-backup-plan/backup-copy-stack';
export { BackupRule, BackupRuleOptions, ContinuousBackupRuleOptions } from './tagged-backup-plan/backup-rule';
export { BackupTier, BackupTierOptions, BackupTierPresetOptions } from './tagged-backup-plan/backup-tier';
export { TaggedBackupPlan, TaggedBackupPlanProps } from './tagged-backup-plan/tagged-backup-plan';
