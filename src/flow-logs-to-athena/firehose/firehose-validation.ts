import type { IDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Stack } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { FirehoseDestination } from './firehose-destination';
import type { Findings } from '../../private/validation';
import { duplicates, isKnown, quoted } from '../../private/validation';
import type { Logged } from '../validation';
import { findFormatProblems, findSourceProblems } from '../validation';

const ACCOUNT = /^\d{12}$/;
const STREAM_ARN = /^arn:[\w-]+:firehose:[\w-]+:\d{12}:deliverystream\/[\w.-]{1,64}$/;
const ROLE_ARN = /^arn:[\w-]+:iam::\d{12}:role\/(?:[\w+=,.@/-]*\/)?AWSLogDeliveryFirehoseCrossAccountRole[\w+=,.@-]*$/;

/** A log that Firehose takes, and a stream that it can reach. */
export function findFirehoseProblems(findings: Findings, scope: Construct, logged: Logged & { readonly destination: FirehoseDestination }): void {
  findFormatProblems(findings, logged.format);
  findSourceProblems(findings, scope, logged);
  const { _deliveryStream: deliveryStream, _crossAccount: crossAccount } = logged.destination;
  if (deliveryStream) {
    const [own, its] = [Stack.of(scope).account, placeOf(deliveryStream).account];
    findings.require(!isKnown(own) || !isKnown(its) || own === its,
      `'destination' must be of the log's account, got: '${its}' and '${own}'; make a CentralFirehose there, and pass its 'destination'`);
  }
  if (crossAccount) {
    findCrossAccountProblems(findings, scope, crossAccount.deliveryStreamArn, crossAccount.deliveryRoleArn);
  }
}

function findCrossAccountProblems(findings: Findings, scope: Construct, streamArn: string, roleArn: string): void {
  findings.require(!isKnown(streamArn) || STREAM_ARN.test(streamArn),
    `'deliveryStreamArn' must be the ARN of a delivery stream, got: '${streamArn}'; write 'arn:aws:firehose:eu-west-1:111111111111:deliverystream/flow-logs'`);
  findings.require(!isKnown(roleArn) || ROLE_ARN.test(roleArn),
    `'deliveryRoleArn' must be the ARN of a role whose name begins with AWSLogDeliveryFirehoseCrossAccountRole, got: '${roleArn}'; AWS takes no other, CentralFirehose makes one`);
  const { account } = Stack.of(scope);
  const same = [streamArn, roleArn].filter(arn => isKnown(arn) && isKnown(account) && arn.split(':')[4] === account);
  findings.require(same.length === 0,
    `'destination' must be of another account, got: ${quoted(same)}; pass FirehoseDestination.deliveryStream(stream), which needs no role`);
}

/** Trap: the L2 takes an imported stream for one of the account and Region of the stack, whatever its ARN says. */
function placeOf({ deliveryStreamArn, env }: IDeliveryStream): { readonly account: string; readonly region: string } {
  const [, , , region, account] = isKnown(deliveryStreamArn) ? deliveryStreamArn.split(':') : ['', '', '', env.region, env.account];
  return { account, region };
}

/** A stream that can be opened from here, and accounts that there are. */
export function findCentralFirehoseProblems(findings: Findings, scope: Construct, deliveryStream: IDeliveryStream, sourceAccounts: string[]): void {
  const { account, region } = Stack.of(scope);
  findings.require(isKnown(account) && isKnown(region),
    '\'CentralFirehose\' must be in a stack whose account and Region are known, got: a stack without env; other accounts name its role, pass env to the stack');
  const its = placeOf(deliveryStream);
  for (const [place, own] of [['account', account], ['region', region]] as const) {
    findings.require(!isKnown(own) || !isKnown(its[place]) || its[place] === own,
      `'deliveryStream' must be of the ${place} of the stack, got: '${its[place]}' and '${own}'; make a CentralFirehose there`);
  }
  findings.require(sourceAccounts.length > 0, '\'sourceAccounts\' must name at least one, got: none; name the accounts whose logs are taken');
  const wrong = sourceAccounts.filter(source => !isKnown(source) || !ACCOUNT.test(source));
  findings.require(wrong.length === 0,
    `'sourceAccounts' must be ids of 12 digits and known at synth, got: ${quoted(wrong.map(source => isKnown(source) ? source : 'an unresolved token'))}; write them as text, with their zeros`);
  const twice = duplicates(sourceAccounts);
  findings.require(twice.length === 0, `'sourceAccounts' must name each once, got twice: ${quoted(twice)}; remove one`);
  findings.require(!sourceAccounts.includes(account), `'sourceAccounts' must be other accounts, got: that of the stack, '${account}'; it needs no role, remove it`);
}
