import { ArnPrincipal, CompositePrincipal, PrincipalWithConditions, Role } from 'aws-cdk-lib/aws-iam';
import type { IDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Names, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { FirehoseDestination } from './firehose-destination';
import { findCentralFirehoseProblems } from './firehose-validation';
import { DELIVERY, ROLE_PATH } from './source-role';
import { allow } from '../../private/handler-options';
import { plain } from '../../private/naming';
import { Findings } from '../../private/validation';

/** How AWS wants the name of the role to begin. */
export const CROSS_ACCOUNT_ROLE = 'AWSLogDeliveryFirehoseCrossAccountRole';

/** Properties of a `CentralFirehose`. */
export interface CentralFirehoseProps {
  /** The delivery stream, of the account of this stack. */
  readonly deliveryStream: IDeliveryStream;

  /** The accounts whose flow logs it takes: ids of 12 digits. */
  readonly sourceAccounts: string[];
}

/**
 * Opens a delivery stream for the flow logs of other accounts. It is deployed first and needs nothing of them: it trusts
 * roles of the path `/flow-logs-to-firehose/`, which `FlowLogsToFirehose` creates there.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/firehose-cross-account-delivery.html
 */
export class CentralFirehose extends Construct {
  /** The role through which logs are delivered. */
  public readonly role: Role;
  /** What `FlowLogsToFirehose` takes in the other accounts, in this app. Other apps name both ARNs: `FirehoseDestination.crossAccount`. */
  public readonly destination: FirehoseDestination;

  constructor(scope: Construct, id: string, { deliveryStream, sourceAccounts }: CentralFirehoseProps) {
    super(scope, id);
    const findings = new Findings();
    findCentralFirehoseProblems(findings, this, deliveryStream, sourceAccounts);
    findings.throwIfAny(this);

    const { partition, account, region } = Stack.of(this);
    this.role = new Role(this, 'Role', {
      // Names of roles are those of an account in all Regions.
      roleName: `${CROSS_ACCOUNT_ROLE}-${Names.uniqueId(this).slice(-8)}-${region}`,
      description: plain(`Flow logs of other accounts come in through it: ${this.node.path}`),
      // A trust that names a role waits for it, and the role waits for this one: so it names the account, and the path.
      assumedBy: new CompositePrincipal(...sourceAccounts.map(source => new PrincipalWithConditions(new ArnPrincipal(`arn:${partition}:iam::${source}:root`), {
        ArnLike: { 'aws:PrincipalArn': `arn:${partition}:iam::${source}:role${ROLE_PATH}*` },
      }))),
    });
    this.role.addToPolicy(allow(['firehose:TagDeliveryStream'], [deliveryStream.deliveryStreamArn]));
    this.role.addToPolicy(allow(['iam:CreateServiceLinkedRole'],
      [`arn:${partition}:iam::${account}:role/aws-service-role/${DELIVERY}/AWSServiceRoleForLogDelivery`],
      { StringEquals: { 'iam:AWSServiceName': DELIVERY } }));
    this.destination = FirehoseDestination.crossAccount({
      // Trap: for another account the L2 makes an ARN of Kinesis, where there is no such stream.
      deliveryStreamArn: `arn:${partition}:firehose:${region}:${account}:deliverystream/${deliveryStream.deliveryStreamName}`,
      deliveryRoleArn: this.role.roleArn,
    });
  }
}
