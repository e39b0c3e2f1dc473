import { Aws, Validations } from 'aws-cdk-lib/core';
import type { Stack } from 'aws-cdk-lib/core';
import { acknowledge, acknowledgeWildcards } from '../../src/private/acknowledgement';
import { shopStack } from '../support/app';

afterEach(() => jest.restoreAllMocks());

/** What Validations was told, with a version of CDK that refuses what `refuses` matches. */
function told(id: string, refuses?: RegExp): string[] {
  return toldBy(stack => acknowledge(stack, id, 'because'), refuses);
}

function toldBy(say: (stack: Stack) => void, refuses?: RegExp): string[] {
  const ids: string[] = [];
  jest.spyOn(Validations, 'of').mockReturnValue({
    acknowledge: (...rules: { id: string }[]) => {
      if (refuses?.test(rules[0].id)) {
        throw new Error('refused');
      }
      ids.push(...rules.map(rule => rule.id));
    },
  } as unknown as Validations);
  say(shopStack());
  return ids;
}

test('says the full id', () => {
  expect(told('AwsSolutions-IAM4[Policy::arn:x]')).toEqual(['AwsSolutions-IAM4[Policy::arn:x]']);
});

test('says the id without its bracket where an older CDK refuses the full one', () => {
  expect(told('AwsSolutions-IAM4[Policy::arn:x]', /::/)).toEqual(['AwsSolutions-IAM4']);
});

test('hides no other refusal', () => {
  expect(() => told('AwsSolutions-SQS3', /SQS3/)).toThrow('refused');
  expect(() => told('AwsSolutions-IAM5[Resource:*]', /\[/)).toThrow('refused');
});

test('says ARNs with a wildcard once each, with references and variables of policies as the rule pack writes them', () => {
  const arns = ['arn:aws:s3:::lake/${aws:PrincipalTag/Project}/*', `arn:${Aws.PARTITION}:s3:::lake/\${aws:PrincipalTag/Project}/*`, 'arn:aws:s3:::lake'];
  expect(toldBy(stack => acknowledgeWildcards(stack, [...arns, arns[0]], 'because'))).toEqual([
    'AwsSolutions-IAM5[Resource::arn:aws:s3:::lake/<aws:PrincipalTag/Project>/*]',
    'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:s3:::lake/<aws:PrincipalTag/Project>/*]',
  ]);
});
