import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ROLE_NAME } from './validation';
import { allowAlarmsToPublish, createAlarmTopic, TopicTarget } from '../private/alarm-topic';
import { alarmOnAnyMessage, createDeadLetterQueue } from '../private/dead-letter-queue';
import { uniqueName } from '../private/naming';
import { Findings, isKnown } from '../private/validation';

/** Where IAM tells of what is done to it. */
const IAM_REGION = 'us-east-1';
const NAME_LENGTH = 64;
/** What changes who may assume a role, which tags it has, and what it may do. */
const CHANGES = [
  'UpdateAssumeRolePolicy', 'TagRole', 'UntagRole', 'PutRolePolicy', 'DeleteRolePolicy', 'AttachRolePolicy', 'DetachRolePolicy',
  'PutRolePermissionsBoundary', 'DeleteRolePermissionsBoundary', 'UpdateRole', 'DeleteRole',
];

/** Properties of an `AbacRoleWatch`. */
export interface AbacRoleWatchProps {
  /** The names of the roles that are watched: hub roles, and in a spoke account the roles that assume them. */
  readonly roleNames: string[];

  /**
   * Where changes are announced.
   *
   * @default - a new encrypted topic; subscribe somebody to it
   */
  readonly alarmTopic?: ITopic;
}

/**
 * Tells when somebody changes the trust, the tags or the policies of a role. IAM tells of that in us-east-1 alone, whichever
 * Region the role was made from, and needs a trail of CloudTrail there.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
 */
export class AbacRoleWatch extends Construct {
  /** Finds the changes. */
  public readonly rule: Rule;
  /** Where they are announced. */
  public readonly alarmTopic: ITopic;
  /** Holds, for 14 days, what could not be announced. */
  public readonly deadLetterQueue: Queue;
  /** Rings when something is in the dead-letter queue. */
  public readonly undeliveredAlarm: Alarm;

  constructor(scope: Construct, id: string, props: AbacRoleWatchProps) {
    super(scope, id);
    validateProps(this, props);
    this.alarmTopic = props.alarmTopic ?? createAlarmTopic(this, 'AlarmTopic');
    this.deadLetterQueue = createDeadLetterQueue(this, 'DeadLetterQueue');
    const ruleName = uniqueName(this, NAME_LENGTH);
    this.rule = new Rule(this, 'Rule', {
      ruleName,
      description: 'Somebody changed the trust, the tags or the policies of a role that is watched',
      eventPattern: {
        source: ['aws.iam'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: { eventSource: ['iam.amazonaws.com'], eventName: CHANGES, requestParameters: { roleName: props.roleNames } },
      },
      targets: [new TopicTarget(this.alarmTopic, this.deadLetterQueue)],
    });
    allowAlarmsToPublish(this, this.alarmTopic, [ruleName]);
    this.undeliveredAlarm = alarmOnAnyMessage(this, 'UndeliveredAlarm', this.deadLetterQueue, this.alarmTopic,
      'A change of a role could not be announced for a day: the dead-letter queue has the event');
  }
}

function validateProps(scope: AbacRoleWatch, { roleNames }: AbacRoleWatchProps): void {
  const findings = new Findings();
  const { region } = Stack.of(scope);
  findings.require(!isKnown(region) || region === IAM_REGION, `'AbacRoleWatch' must be in a stack of ${IAM_REGION}, got: '${region}'; IAM tells of its changes there alone`);
  findings.require(roleNames.length > 0, '\'roleNames\' must name at least one role, got: none; pass the names of the roles to watch');
  for (const roleName of roleNames.filter(isKnown)) {
    findings.require(ROLE_NAME.test(roleName), `'roleNames' must name roles without path and ARN, got: '${roleName}'; CloudTrail shows nothing but the name`);
  }
  findings.throwIfAny(scope);
}
