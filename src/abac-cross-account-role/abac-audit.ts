import { CfnAnalyzer } from 'aws-cdk-lib/aws-accessanalyzer';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnConfigRule } from 'aws-cdk-lib/aws-config';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { AbacCrossAccountRole } from './abac-cross-account-role';
import { S3_TAGGING, SERVICES } from './service-actions';
import { allowAlarmsToPublish, createAlarmTopic, TopicTarget } from '../private/alarm-topic';
import { alarmOnAnyMessage, createDeadLetterQueue } from '../private/dead-letter-queue';
import { uniqueName } from '../private/naming';
import { Findings, inDays, isKnownDuration, isWholeDays, requireTokenUnit } from '../private/validation';

const NAME_LENGTH = 64;
const UNUSED_AFTER = Duration.days(90);
/** What AWS Config's managed rule can ask for the tags of, of what permissions are for. It knows nothing of the tags of objects. */
const CONFIG_TYPES: Record<string, string> = {
  s3Buckets: 'AWS::S3::Bucket', dynamodb: 'AWS::DynamoDB::Table', instances: 'AWS::EC2::Instance',
};
/** It takes no more keys. */
const CONFIG_KEYS = 6;

/** Properties of an `AbacAudit`. */
export interface AbacAuditProps {
  /** The role that is watched. */
  readonly access: AbacCrossAccountRole;

  /**
   * How long access may be unused before it is reported: 1 to 365 days. AWS bills every role and user of the account that
   * is looked at.
   *
   * @default Duration.days(90)
   */
  readonly unusedAccessAge?: Duration;

  /**
   * Where changes of the tags that decide are announced.
   *
   * @default - a new encrypted topic; subscribe somebody to it
   */
  readonly alarmTopic?: ITopic;
}

/**
 * What an auditor asks of access by tags, in the account and Region of the resources: who outside can reach something (and
 * not what is meant), what nobody uses, which resources lack the tags that decide, and who changes those. Changes of the
 * role itself are told in us-east-1 alone: `AbacRoleWatch`.
 *
 * AWS allows one analyzer of each kind in an account and Region. AWS Config and CloudTrail must be on.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
 */
export class AbacAudit extends Construct {
  /** Finds who outside of the account can reach something in it; the trust that is meant is archived. */
  public readonly externalAccess: CfnAnalyzer;
  /** Finds roles, keys and permissions that nobody uses. */
  public readonly unusedAccess: CfnAnalyzer;
  /** Finds resources without the tags that decide; undefined when AWS Config can judge none of the services. */
  public readonly requiredTags?: CfnConfigRule;
  /** Tells of changes of the tags that decide. */
  public readonly tagRule: Rule;
  /** Where they are announced. */
  public readonly alarmTopic: ITopic;
  /** Holds, for 14 days, what could not be announced. */
  public readonly deadLetterQueue: Queue;
  /** Rings when something is in the dead-letter queue. */
  public readonly undeliveredAlarm: Alarm;

  constructor(scope: Construct, id: string, props: AbacAuditProps) {
    super(scope, id);
    const age = props.unusedAccessAge ?? UNUSED_AFTER;
    validateProps(this, age);
    const { attributes, permissions, trusted } = props.access._props;
    this.externalAccess = new CfnAnalyzer(this, 'ExternalAccess', {
      type: 'ACCOUNT',
      analyzerName: `${uniqueName(this, NAME_LENGTH)}-external`,
      archiveRules: [{
        ruleName: 'intended-trust',
        filter: [
          { property: 'resource', eq: [props.access.hubRole.roleArn] },
          ...(trusted._trust.accountIds.length > 0 ? [{ property: 'principal.AWS', contains: trusted._trust.accountIds }] : []),
        ],
      }],
    });
    this.unusedAccess = new CfnAnalyzer(this, 'UnusedAccess', {
      type: 'ACCOUNT_UNUSED_ACCESS',
      analyzerName: `${uniqueName(this, NAME_LENGTH)}-unused`,
      analyzerConfiguration: { unusedAccessConfiguration: { unusedAccessAge: age.toDays() } },
    });
    const types = [...new Set(permissions.map(permission => CONFIG_TYPES[permission.name]).filter(type => type !== undefined))];
    if (types.length > 0) {
      const parameters = attributes.slice(0, CONFIG_KEYS).flatMap(({ key, values }, index) => [
        [`tag${index + 1}Key`, key],
        ...(values ? [[`tag${index + 1}Value`, values.join(',')]] : []),
      ]);
      this.requiredTags = new CfnConfigRule(this, 'RequiredTags', {
        description: 'Resources without the tags that decide belong to nobody, and nobody reaches them by tags',
        source: { owner: 'AWS', sourceIdentifier: 'REQUIRED_TAGS' },
        scope: { complianceResourceTypes: types },
        inputParameters: Object.fromEntries(parameters),
      });
    }

    this.alarmTopic = props.alarmTopic ?? createAlarmTopic(this, 'AlarmTopic');
    this.deadLetterQueue = createDeadLetterQueue(this, 'DeadLetterQueue');
    const ruleName = `${uniqueName(this, NAME_LENGTH - 5)}-tags`;
    this.tagRule = new Rule(this, 'TagRule', {
      ruleName,
      description: 'Somebody changed tags of resources that are reached by tags, or whether those of a bucket count',
      eventPattern: {
        detailType: ['AWS API Call via CloudTrail'],
        detail: { eventSource: tagSources(), eventName: tagActions(), errorCode: [{ exists: false }] },
      },
      targets: [new TopicTarget(this.alarmTopic, this.deadLetterQueue)],
    });
    allowAlarmsToPublish(this, this.alarmTopic, [ruleName]);
    this.undeliveredAlarm = alarmOnAnyMessage(this, 'UndeliveredAlarm', this.deadLetterQueue, this.alarmTopic,
      'A change of tags could not be announced for a day: the dead-letter queue has the event');
  }
}

function tagSources(): string[] {
  return [...new Set([...Object.values(SERVICES).map(({ service }) => `${service}.amazonaws.com`), 's3.amazonaws.com'])];
}

/**
 * Trap: CloudTrail has names of its own for what Lambda does, with the version of its API, and one for what IAM takes for
 * `s3:PutBucketTagging`.
 */
function tagActions(): string[] {
  const versioned = [SERVICES.functions.tag, SERVICES.functions.untag].map(action => `${action}20170331v2`);
  return [...new Set([...Object.values(SERVICES).flatMap(({ tag, untag }) => [tag, untag]), ...versioned, ...S3_TAGGING, 'DeleteBucketTagging'])];
}

function validateProps(scope: AbacAudit, age: Duration): void {
  const findings = new Findings();
  requireTokenUnit(findings, age, 'days', '\'unusedAccessAge\'');
  findings.require(!isKnownDuration(age) || isWholeDays(age, 1, 365), `'unusedAccessAge' must be 1 to 365 whole days, got: ${isKnownDuration(age) ? inDays(age) : ''}; AWS looks back no further`);
  findings.throwIfAny(scope);
}
