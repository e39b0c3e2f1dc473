import { Schedule } from 'aws-cdk-lib/aws-events';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Duration } from 'aws-cdk-lib/core';
import type { Findings } from '../../private/validation';
import { inDays, isKnown, isKnownDuration, isWholeDays, quoted, requireTokenUnit } from '../../private/validation';
import { BackupResourceType } from '../tiers/backup-resource-type';

/** Which of the recovery points of a resource a test restores. */
export enum RestoreTestChoice {
  /** The newest: is tonight's restore going to work? */
  LATEST = 'LATEST_WITHIN_WINDOW',
  /** Any within the window: are the older ones any good? */
  RANDOM = 'RANDOM_WITHIN_WINDOW',
}

/** What is tested otherwise for one type of resource. */
export interface RestoreTestOverride {
  /** The type. */
  readonly type: BackupResourceType;

  /**
   * What a restore needs to know that AWS Backup can not guess, such as the subnet group of a database.
   *
   * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
   * @default - AWS Backup infers it
   */
  readonly metadata?: Record<string, string>;

  /**
   * A function of yours that judges what was restored. It is invoked with `{ restoreJobId, tier, resourceType,
   * createdResourceArn, sourceResourceArn, recoveryPointArn }` and answers `{ valid, message }`; an error counts as not
   * valid. It has as long as it needs up to 10 minutes.
   *
   * @default - the resource must be up, and hold something if the backup did
   */
  readonly check?: IFunction;
}

/** What a restore test may state. */
export interface RestoreTestingOptions {
  /**
   * The types of resources that are restored. One restore a type and tier each time: what is restored is paid for until
   * it has been judged.
   *
   * @default - Aurora, DynamoDB, EBS, EC2, EFS, RDS and S3
   */
  readonly types?: BackupResourceType[];

  /**
   * What is tested otherwise for single types.
   *
   * @default - every type as AWS Backup infers it, with the checks of this library
   */
  readonly overrides?: RestoreTestOverride[];

  /**
   * Which recovery point is restored.
   *
   * @default RestoreTestChoice.LATEST
   */
  readonly choice?: RestoreTestChoice;

  /**
   * How old a recovery point may be that is restored, 1 to 365 days.
   *
   * @default Duration.days(30)
   */
  readonly selectionWindow?: Duration;

  /**
   * Within how long after its schedule a test starts, 1 to 168 hours.
   *
   * @default Duration.hours(24)
   */
  readonly startWindow?: Duration;

  /**
   * How long what was restored stays for its check, 1 to 168 hours. It is deleted afterwards.
   *
   * @default Duration.hours(1)
   */
  readonly validationWindow?: Duration;
}

/**
 * Restores backups by a schedule, checks what was restored, and deletes it. A backup that was never restored is a hope.
 *
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
 */
export class RestoreTesting {
  /** Every day at 09:00 UTC. */
  public static daily(options: RestoreTestingOptions = {}): RestoreTesting {
    return new RestoreTesting(Schedule.cron({ minute: '0', hour: '9' }), options);
  }

  /** Every Monday at 09:00 UTC, in time for somebody to look into a failure. */
  public static weekly(options: RestoreTestingOptions = {}): RestoreTesting {
    return new RestoreTesting(Schedule.cron({ minute: '0', hour: '9', weekDay: 'MON' }), options);
  }

  /** On the first of every month at 09:00 UTC. */
  public static monthly(options: RestoreTestingOptions = {}): RestoreTesting {
    return new RestoreTesting(Schedule.cron({ minute: '0', hour: '9', day: '1' }), options);
  }

  /** By a cron expression of your own. */
  public static of(schedule: Schedule, options: RestoreTestingOptions = {}): RestoreTesting {
    return new RestoreTesting(schedule, options);
  }

  /** When tests start. */
  public readonly schedule: Schedule;
  /** @internal */
  public readonly _options: RestoreTestingOptions;

  private constructor(schedule: Schedule, options: RestoreTestingOptions) {
    this.schedule = schedule;
    this._options = options;
  }

  /** The types of resources that are restored. */
  public get types(): BackupResourceType[] {
    return [...this._options.types ?? [
      BackupResourceType.AURORA, BackupResourceType.DYNAMODB, BackupResourceType.EBS, BackupResourceType.EC2, BackupResourceType.EFS,
      BackupResourceType.RDS, BackupResourceType.S3,
    ]];
  }

  /** The override of a type, if there is one. @internal */
  public _overrideOf(type: BackupResourceType): RestoreTestOverride | undefined {
    return this._options.overrides?.find(override => override.type === type);
  }
}

/** What AWS Backup would refuse of a restore test, or quietly not do. */
export function findRestoreTestingProblems(findings: Findings, testing: RestoreTesting): void {
  const { types, overrides = [], selectionWindow, startWindow, validationWindow } = testing._options;
  const expression = testing.schedule.expressionString;
  findings.require(!isKnown(expression) || /^cron\(/.test(expression),
    `'schedule' of restore testing must be a cron expression, got: '${expression}'; use Schedule.cron`);
  findings.require(types === undefined || types.length > 0, '\'types\' of restore testing must name a type, got: none; leave it out to test those that need no further facts');
  for (const [prop, names] of [['types', types ?? []], ['overrides', overrides.map(override => override.type)]] as const) {
    const twice = names.filter((type, index) => names.indexOf(type) !== index).map(type => type.name);
    findings.require(twice.length === 0, `'${prop}' of restore testing must name each type once, got twice: ${quoted(twice)}; remove one`);
  }
  const untested = overrides.filter(override => !testing.types.includes(override.type)).map(override => override.type.name);
  findings.require(untested.length === 0, `'overrides' of restore testing must be of types that are tested, got: ${quoted(untested)}; add it to 'types'`);
  requireTokenUnit(findings, selectionWindow, 'days', '\'selectionWindow\' of restore testing');
  if (isKnownDuration(selectionWindow)) {
    findings.require(isWholeDays(selectionWindow, 1, 365),
      `'selectionWindow' of restore testing must be whole days between 1 and 365, got: ${inDays(selectionWindow)} days; pass Duration.days(n)`);
  }
  for (const [prop, window] of [['startWindow', startWindow], ['validationWindow', validationWindow]] as const) {
    requireTokenUnit(findings, window, 'hours', `'${prop}' of restore testing`);
    if (isKnownDuration(window)) {
      const hours = window.toHours({ integral: false });
      findings.require(Number.isInteger(hours) && hours >= 1 && hours <= 168,
        `'${prop}' of restore testing must be whole hours between 1 and 168, got: ${hours} hours; pass Duration.hours(n)`);
    }
  }
}
