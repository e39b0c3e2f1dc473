import type { IBackupVault } from 'aws-cdk-lib/aws-backup';
import { CfnRestoreTestingPlan, CfnRestoreTestingSelection } from 'aws-cdk-lib/aws-backup';
import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { ArnFormat, Duration, Names, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { RestoreTestedTier } from '../handler-props';
import { METRICS, RESTORE_TEST_VARIABLES } from '../handler-props';
import { JudgeRestoreTestFunction } from './judge-restore-test-function';
import { RestoreTestChoice, type RestoreTesting } from './restore-testing';
import { ring } from '../../private/alarm-topic';
import { allow, handlerOptions } from '../../private/handler-options';
import { wholeSeconds } from '../../private/validation';
import type { BackupTier } from '../tiers/backup-tier';
import { METRIC_NAMESPACE, tierMetric } from '../watching/tier-metric';

const NAME_LENGTH = 50;
const ENDED = ['COMPLETED', 'FAILED', 'ABORTED'];
/** What AWS Backup calls a resource that a test restored. */
const RESTORED = 'awsbackup-restore-test-*';

/** Properties of `RestoreTests`. */
export interface RestoreTestsProps {
  /** The plan, as a dimension of the metrics. */
  readonly plan: string;
  /** The key of the tag. */
  readonly tagKey: string;
  /** The tiers that are tested. */
  readonly tiers: BackupTier[];
  /** When and how. */
  readonly testing: RestoreTesting;
  /** The vault that is restored from. */
  readonly vault: IBackupVault;
  /** What AWS Backup works as when it restores. */
  readonly restoreRole: IRole;
  /** Where evidence is written. */
  readonly evidence: IBucket;
  /** Where alarms are announced. */
  readonly topic: ITopic;
  /** Gets the result that could not be judged after all attempts. */
  readonly deadLetterQueue: IQueue;
}

/**
 * One restore testing plan a tier, with a selection for each type of resource; a function that judges what was restored
 * and measures how long it took; alarms when a restore is no good, or took longer than the RTO.
 */
export class RestoreTests extends Construct {
  /** The restore testing plan of each tier. */
  public readonly plans: Record<string, CfnRestoreTestingPlan> = {};
  /** Judges what was restored. */
  public readonly handler: JudgeRestoreTestFunction;
  /** Hears of restore jobs that ended. */
  public readonly rule: Rule;
  /** Rings when a restore test took longer than the RTO, by tier; tiers without an RTO have none. */
  public readonly durationAlarms: Record<string, Alarm> = {};
  /** Rings when a restore test failed, or restored what is no good, by tier. */
  public readonly failedAlarms: Record<string, Alarm> = {};

  constructor(scope: Construct, id: string, props: RestoreTestsProps) {
    super(scope, id);
    for (const tier of props.tiers) {
      this.addTier(new Construct(this, `Tier-${tier.name}`), tier, props);
    }
    this.handler = this.createHandler(props);
    this.rule = new Rule(this, 'Rule', {
      description: `Restore jobs that ended, for ${scope.node.path}`,
      // Restore jobs say `status` in samples; no contract says that they never say `state`.
      eventPattern: { source: ['aws.backup'], detailType: ['Restore Job State Change'], detail: { $or: [{ status: ENDED }, { state: ENDED }] } },
      targets: [new LambdaFunction(this.handler)],
    });
  }

  private addTier(scope: Construct, tier: BackupTier, props: RestoreTestsProps): void {
    const { testing, plan } = props;
    const options = testing._options;
    // Restore testing allows letters, digits and underscores only.
    const name = Names.uniqueResourceName(scope, { maxLength: NAME_LENGTH, separator: '_', allowedSpecialCharacters: '_' });
    this.plans[tier.name] = new CfnRestoreTestingPlan(scope, 'Plan', {
      restoreTestingPlanName: name,
      scheduleExpression: testing.schedule.expressionString,
      startWindowHours: (options.startWindow ?? Duration.hours(24)).toHours(),
      recoveryPointSelection: {
        algorithm: options.choice ?? RestoreTestChoice.LATEST,
        includeVaults: [props.vault.backupVaultArn],
        recoveryPointTypes: ['SNAPSHOT', 'CONTINUOUS'],
        selectionWindowDays: (options.selectionWindow ?? Duration.days(30)).toDays(),
      },
    });
    for (const type of testing.types) {
      const selection = new CfnRestoreTestingSelection(scope, `Selection-${type.name}`, {
        restoreTestingPlanName: name,
        restoreTestingSelectionName: type.name,
        protectedResourceType: type.name,
        protectedResourceArns: ['*'],
        protectedResourceConditions: { stringEquals: [{ key: `aws:ResourceTag/${props.tagKey}`, value: tier.name }] },
        iamRoleArn: props.restoreRole.roleArn,
        restoreMetadataOverrides: testing._overrideOf(type)?.metadata,
        validationWindowHours: (options.validationWindow ?? Duration.hours(1)).toHours(),
      });
      selection.addResourceDependency(this.plans[tier.name]); // the name alone makes no order
    }
    this.failedAlarms[tier.name] = ring(new Alarm(scope, 'FailedAlarm', {
      alarmDescription: `A restore test of tier '${tier.name}' failed, or restored what is no good: the evidence bucket has the result`,
      metric: tierMetric(plan, tier.name, METRICS.restoreTestFailed, { period: Duration.minutes(5), statistic: 'Maximum' }),
      threshold: 1,
      evaluationPeriods: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.NOT_BREACHING, // between tests there is nothing to say
    }), props.topic);
    if (tier.objectives) {
      const { rto } = tier.objectives;
      this.durationAlarms[tier.name] = ring(new Alarm(scope, 'DurationAlarm', {
        alarmDescription: `A restore test of tier '${tier.name}' took longer than its RTO of ${rto.toHumanString()}`,
        metric: tierMetric(plan, tier.name, METRICS.restoreDuration, { period: Duration.minutes(5), statistic: 'Maximum' }),
        threshold: wholeSeconds(rto),
        evaluationPeriods: 1,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
      }), props.topic);
    }
  }

  private createHandler(props: RestoreTestsProps): JudgeRestoreTestFunction {
    const stack = Stack.of(this);
    const tiers = Object.fromEntries(props.tiers.map((tier): [string, RestoreTestedTier] =>
      [this.plans[tier.name].attrRestoreTestingPlanArn, { tier: tier.name, rtoSeconds: tier.objectives && wholeSeconds(tier.objectives.rto) }]));
    const checks = props.testing.types.flatMap(type => {
      const check = props.testing._overrideOf(type)?.check;
      return check ? [{ type, check }] : [];
    });
    const handler = new JudgeRestoreTestFunction(this, 'Handler', handlerOptions(this, {
      description: `Judges the restore tests of ${props.plan}`,
      timeout: Duration.minutes(15), // a check of the team's has ten
      memorySize: 512,
      deadLetterQueue: props.deadLetterQueue,
      environment: {
        [RESTORE_TEST_VARIABLES.namespace]: METRIC_NAMESPACE,
        [RESTORE_TEST_VARIABLES.plan]: props.plan,
        [RESTORE_TEST_VARIABLES.tiers]: stack.toJsonString(tiers),
        [RESTORE_TEST_VARIABLES.checks]: stack.toJsonString(Object.fromEntries(checks.map(({ type, check }) => [type.name, check.functionArn]))),
        [RESTORE_TEST_VARIABLES.bucket]: props.evidence.bucketName,
      },
      wildcards: 'restore jobs, volumes and instances know no resource, and metrics are bound to one namespace; what a test restores gets its name from AWS Backup',
      statements: [
        // Of this role alone: a function of another account must allow it by a policy of its own.
        ...checks.length > 0 ? [allow(['lambda:InvokeFunction'], checks.map(({ check }) => check.functionArn))] : [],
        allow(['backup:DescribeRestoreJob', 'backup:PutRestoreValidationResult', 'ec2:DescribeVolumes', 'ec2:DescribeInstances'], ['*']),
        allow(['cloudwatch:PutMetricData'], ['*'], { StringEquals: { 'cloudwatch:namespace': METRIC_NAMESPACE } }),
        allow(['s3:PutObject'], [props.evidence.arnForObjects('restore-tests/*')]),
        allow(['dynamodb:DescribeTable', 'dynamodb:Scan'], [stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName: RESTORED })]),
        allow(['s3:ListBucket'], [stack.formatArn({ service: 's3', region: '', account: '', resource: RESTORED })]),
        allow(['rds:DescribeDBInstances', 'rds:DescribeDBClusters'], ['db', 'cluster'].map(resource =>
          stack.formatArn({ service: 'rds', resource, resourceName: RESTORED, arnFormat: ArnFormat.COLON_RESOURCE_NAME }))),
        allow(['elasticfilesystem:DescribeFileSystems'], [stack.formatArn({ service: 'elasticfilesystem', resource: 'file-system', resourceName: '*' })]),
      ],
    }));
    props.evidence.encryptionKey?.grantEncrypt(handler);
    return handler;
  }
}
