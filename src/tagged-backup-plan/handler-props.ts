/** What the constructs and their Lambda functions agree on: names of environment variables and of metrics. */

/** Variables of all functions of a plan. */
export const PLAN_VARIABLES = {
  /** Namespace of the metrics. */
  namespace: 'METRIC_NAMESPACE',
  /** The plan, as a dimension of the metrics. */
  plan: 'PLAN',
} as const;

/** What the measurement of ages is told. */
export const AGE_VARIABLES = {
  ...PLAN_VARIABLES,
  /** The key of the tag. */
  tagKey: 'TAG_KEY',
  /** The names of the tiers, as JSON. */
  tiers: 'TIERS',
  /** The names of the tiers that have continuous backups, as JSON. */
  continuousTiers: 'CONTINUOUS_TIERS',
  /** Types of resources as the Resource Groups Tagging API calls them, as JSON. */
  resourceTypes: 'RESOURCE_TYPES',
  /** The vault that backups are kept in. */
  vault: 'VAULT_NAME',
  /** How far back the vault is listed; resources without a backup since then are looked up one by one. */
  lookbackSeconds: 'LOOKBACK_SECONDS',
} as const;

/** What the judge of restore tests is told. */
export const RESTORE_TEST_VARIABLES = {
  ...PLAN_VARIABLES,
  /** `RestoreTestedTier` of each restore testing plan by its ARN, as JSON. */
  tiers: 'RESTORE_TESTING_PLANS',
  /** The ARN of the team's own check of each type, by the type's name, as JSON. */
  checks: 'CHECKS',
  /** Where evidence is written. */
  bucket: 'EVIDENCE_BUCKET',
} as const;

/** The tier that a restore testing plan tests. */
export interface RestoreTestedTier {
  /** Its name. */
  readonly tier: string;
  /**
   * How long a restore may take.
   *
   * @default - the tier states no objectives
   */
  readonly rtoSeconds?: number;
}

/** Metrics of a plan, with the dimensions `Plan` and `Tier`. */
export const METRICS = {
  /** Seconds since the newest backup of the resource that is worst off. */
  oldestRecoveryPoint: 'OldestRecoveryPointAge',
  /** Resources with the tag and without any backup. */
  neverBackedUp: 'NeverBackedUp',
  /** Resources with the tag. */
  taggedResources: 'TaggedResources',
  /** Seconds that a restore test took, from its start to a restored resource. */
  restoreDuration: 'RestoreDuration',
  /** 1 for a restore test that failed, or restored something that is no good; 0 for a good one. */
  restoreTestFailed: 'RestoreTestFailed',
} as const;

/** What the team's own check gets of a restored resource. */
export interface RestoreCheckRequest {
  /** The job that restored it. */
  readonly restoreJobId: string;
  /** The tier of the resource that was backed up. */
  readonly tier: string;
  /** Its type, as AWS Backup calls it. */
  readonly resourceType: string;
  /** What was restored, and is deleted after the validation window. */
  readonly createdResourceArn: string;
  /** What was backed up. */
  readonly sourceResourceArn: string | undefined;
  /** The backup. */
  readonly recoveryPointArn: string | undefined;
}

/** What the team's own check answers. */
export interface RestoreCheckResponse {
  /** Whether the restored resource can be relied on. */
  readonly valid: boolean;
  /**
   * Why, for the evidence.
   *
   * @default - what follows from `valid`
   */
  readonly message?: string;
}
