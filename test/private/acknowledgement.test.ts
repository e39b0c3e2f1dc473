import { Stack, Validations } from 'aws-cdk-lib/core';
import { acknowledge } from '../../src/private/acknowledgement';
import { shopStack } from '../support/app';

afterEach(() => jest.restoreAllMocks());

/** What Validations was told, with a version of CDK that refuses what `refuses` matches. */
function told(id: string, refuses?: RegExp): string[] {
  const ids: string[] = [];
  jest.spyOn(Validations, 'of').mockReturnValue({
    acknowledge: (...rules: { id: string }[]) => {
      if (refuses?.test(rules[0].id)) {
        throw new Error('refused');
      }
      ids.push(...rules.map(rule => rule.id));
    },
  } as unknown as Validations);
  acknowledge(shopStack() as Stack, id, 'because');
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
