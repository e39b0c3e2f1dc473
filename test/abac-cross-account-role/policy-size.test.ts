/** IAM takes no managed policy of more than 6144 characters, and says so at deploy time: synth must count as IAM does. */
import { Template } from 'aws-cdk-lib/assertions';
import type { Stack } from 'aws-cdk-lib/core';
import { AbacCrossAccountRole, AbacPermission, AbacPolicy, AccessAttribute, TrustedAccounts } from '../../src';
import { ACCOUNT, errorOf, IRELAND, shopStack } from '../support/app';
import { render } from '../support/deployed';

const permissions = [AbacPermission.dynamodb().read()];
const MAX = 6144;
const PSEUDO: Record<string, string> = { 'AWS::Partition': 'aws-us-gov', 'AWS::AccountId': ACCOUNT };

/** The policy against tampering as it is deployed, where the partition has the longest name. */
function sizeIn(stack: Stack): number {
  const policies = Object.values<any>(Template.fromStack(stack).findResources('AWS::IAM::ManagedPolicy'));
  const { Properties } = policies.find(policy => policy.Properties.ManagedPolicyName.endsWith('-tamper-proofing'));
  return JSON.stringify(render(Properties.PolicyDocument, { ref: id => PSEUDO[id], attribute: id => id })).length;
}

const PROGRAMS: [string, (stack: Stack, attributes: AccessAttribute[]) => unknown][] = [
  ['AbacCrossAccountRole', (stack, attributes) =>
    new AbacCrossAccountRole(stack, 'Access', { roleName: 'data-science', trusted: TrustedAccounts.of(['222222222222']), attributes, permissions })],
  ['AbacPolicy', (stack, attributes) => new AbacPolicy(stack, 'Access', { attributes, permissions })],
];

describe.each(PROGRAMS)('%s', (_, program) => {
  const attributes = (length: number) => ['a', 'b', 'c', 'd'].map(letter => AccessAttribute.matching(letter.repeat(length)));

  test('takes four tags with keys as people write them', () => {
    const stack = shopStack({ env: IRELAND });
    program(stack, ['Project', 'Environment', 'CostCenter', 'Scope'].map(key => AccessAttribute.matching(key)));
    expect(sizeIn(stack)).toBeLessThanOrEqual(MAX);
  });

  test('counts each character: the longest keys that synth takes make a policy that IAM takes, and the next longer ones do not', () => {
    const built = [...Array(20).keys()].map(index => index + 1).filter(length => {
      try {
        program(shopStack(), attributes(length));
        return true;
      } catch {
        return false;
      }
    });
    const longest = Math.max(...built);
    expect(built).toHaveLength(longest);
    const stack = shopStack();
    program(stack, attributes(longest));
    const size = sizeIn(stack);
    const perCharacter = size - sizeAt(longest - 1);
    expect(size).toBeLessThanOrEqual(MAX);
    expect(size + perCharacter).toBeGreaterThan(MAX);
    expect(errorOf(() => program(shopStack(), attributes(longest + 1))))
      .toContain(`'attributes' must make a policy against tampering of 6144 characters at most, got: ${size + perCharacter}; use fewer attributes`);
  });

  function sizeAt(length: number): number {
    const stack = shopStack();
    program(stack, attributes(length));
    return sizeIn(stack);
  }
});
