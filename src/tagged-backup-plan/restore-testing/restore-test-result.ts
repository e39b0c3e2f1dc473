/** What came of a restore test: the judgement on what was restored, and the evidence of it. */
import type { RestoreTestedTier } from '../handler-props';

/** A restore job as AWS Backup describes it. */
export type RestoreJob = Partial<{
  readonly RestoreJobId: string;
  readonly Status: string;
  readonly StatusMessage: string;
  readonly ResourceType: string;
  readonly CreatedResourceArn: string;
  readonly SourceResourceArn: string;
  readonly RecoveryPointArn: string;
  readonly RecoveryPointCreationDate: Date;
  readonly CreationDate: Date;
  readonly CompletionDate: Date;
  readonly BackupSizeInBytes: number;
  readonly ValidationStatus: string;
  readonly ValidationStatusMessage: string;
}>;

/** What was found when the restored resource was looked at. */
export interface Probe {
  /** The state it is in, in the words of its service. */
  readonly state: string;
  /** The state it should be in. */
  readonly expected: string;
  /**
   * Whether it holds nothing.
   *
   * @default - that can not be seen
   */
  readonly empty?: boolean;
}

/** The judgement, as AWS Backup takes it. */
export interface Judgement {
  /** Whether what was restored can be relied on. */
  readonly status: 'SUCCESSFUL' | 'FAILED';
  /** Why. */
  readonly message: string;
}

/** Up, and not empty, unless the backup was. */
export function judge(probe: Probe, backupSizeInBytes = 0): Judgement {
  if (probe.state !== probe.expected) {
    return { status: 'FAILED', message: `restored, but '${probe.state}' where '${probe.expected}' was expected` };
  }
  if (probe.empty && backupSizeInBytes > 0) {
    return { status: 'FAILED', message: `restored, but empty: the backup holds ${backupSizeInBytes} bytes` };
  }
  return { status: 'SUCCESSFUL', message: probe.empty === undefined ? `restored and '${probe.state}'` : `restored, '${probe.state}' and ${probe.empty ? 'empty, as the backup is' : 'not empty'}` };
}

/** A type that nothing is known of: that it was restored is all that can be said. */
export function unchecked(resourceType: string): Judgement {
  return { status: 'SUCCESSFUL', message: `restored; what '${resourceType}' holds was not checked, give it a check of your own` };
}

/** A restore that did not come to an end. */
export function failedRestore(job: RestoreJob): Judgement {
  return { status: 'FAILED', message: `restore job ended ${job.Status}: ${job.StatusMessage ?? 'no reason given'}` };
}

/** The judgement that an earlier run gave before it failed; AWS Backup takes one only. */
export function alreadyJudged(job: RestoreJob): Judgement | undefined {
  const { ValidationStatus: status, ValidationStatusMessage: message = '' } = job;
  return status === 'SUCCESSFUL' || status === 'FAILED' ? { status, message } : undefined;
}

/** How long the restore took; undefined when it did not complete. */
export function durationSeconds(job: RestoreJob): number | undefined {
  return job.Status === 'COMPLETED' && job.CreationDate && job.CompletionDate
    ? Math.round((job.CompletionDate.getTime() - job.CreationDate.getTime()) / 1000)
    : undefined;
}

/** The evidence of one test. */
export function evidenceOf(plan: string, tested: RestoreTestedTier, job: RestoreJob, judgement: Judgement): Record<string, unknown> {
  const seconds = durationSeconds(job);
  return {
    plan,
    tier: tested.tier,
    restoreJobId: job.RestoreJobId,
    resourceType: job.ResourceType,
    sourceResourceArn: job.SourceResourceArn,
    recoveryPointArn: job.RecoveryPointArn,
    recoveryPointCreatedAt: job.RecoveryPointCreationDate?.toISOString(),
    createdResourceArn: job.CreatedResourceArn,
    startedAt: job.CreationDate?.toISOString(),
    completedAt: job.CompletionDate?.toISOString(),
    durationSeconds: seconds,
    rtoSeconds: tested.rtoSeconds,
    withinRto: seconds === undefined || tested.rtoSeconds === undefined ? undefined : seconds <= tested.rtoSeconds,
    validation: judgement,
  };
}

/** Where evidence goes: by tier and day of the test, one object a job, so that a repeated event writes the same one. */
export function evidenceKey(tested: RestoreTestedTier, job: RestoreJob): string {
  const day = (job.CreationDate ?? new Date(0)).toISOString().slice(0, 10).replace(/-/g, '/');
  return `restore-tests/${tested.tier}/${day}/${job.RestoreJobId}.json`;
}
