import { Aws, Fn, Stack, Token, Validations } from 'aws-cdk-lib/core';
import { acknowledge, acknowledgeWildcards } from '../../src/private/acknowledgement';
import { shopStack } from '../support/app';

afterEach(() => jest.restoreAllMocks());

const told = (id: string, refuses?: RegExp) => toldBy(stack => acknowledge(stack, id, 'because'), refuses);

/** What Validations was told, with a version of CDK that refuses what `refuses` matches. */
function toldBy(tell: (stack: Stack) => void, refuses?: RegExp): string[] {
  const ids: string[] = [];
  jest.spyOn(Validations, 'of').mockReturnValue({
    acknowledge: (...rules: { id: string }[]) => {
      if (refuses?.test(rules[0].id)) {
        throw new Error('refused');
      }
      ids.push(...rules.map(rule => rule.id));
    },
  } as unknown as Validations);
  tell(shopStack());
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

test.each([
  ['arn:aws:s3:::data/*', 'arn:aws:s3:::data/*'],
  ['arn:<AWS::Partition>:s3:::data/*', `arn:${Aws.PARTITION}:s3:::data/*`],
  ['<Data.Arn>/*', `${Token.asString({ 'Fn::GetAtt': ['Data', 'Arn'] })}/*`],
  ['arn:aws:s3:::data/<aws:PrincipalTag/Project>/*', 'arn:aws:s3:::data/${aws:PrincipalTag/Project}/*'],
  ['DataArn/*', `${Fn.importValue('DataArn')}/*`],
  ['<Data.Arn>/*', Fn.sub('${Data.Arn}/*')],
  ['{"Fn::FindInMap":["A","B","C"]}/*', `${Token.asString({ 'Fn::FindInMap': ['A', 'B', 'C'] })}/*`],
])('writes wildcards as cdk-nag does: %s', (written, arn) => {
  expect(toldBy(stack => acknowledgeWildcards(stack, [arn, arn, 'arn:aws:s3:::exact'], 'because'))).toEqual([`AwsSolutions-IAM5[Resource::${written}]`]);
});
