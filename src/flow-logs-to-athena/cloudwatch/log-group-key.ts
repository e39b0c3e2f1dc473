import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { CfnLogGroup } from 'aws-cdk-lib/aws-logs';
import { ArnFormat, Stack } from 'aws-cdk-lib/core';

/** What CloudWatch Logs does with the key of a log group. */
export const KEY_ACTIONS = ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'];

/**
 * What the policy of a key must say for this log group to be encrypted with it, and no other.
 *
 * The log group waits for the key, so the key can not wait for the name of the log group. It says how the name begins, which
 * CloudFormation makes of the stack and the logical id.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function keyStatement(logGroup: CfnLogGroup): PolicyStatement {
  const stack = Stack.of(logGroup);
  return new PolicyStatement({
    sid: 'EncryptFlowLogs',
    principals: [new ServicePrincipal(`logs.${stack.region}.amazonaws.com`)],
    actions: KEY_ACTIONS,
    // In the policy of a key, this key.
    resources: ['*'],
    conditions: {
      ArnLike: {
        'kms:EncryptionContext:aws:logs:arn': stack.formatArn({
          service: 'logs',
          resource: 'log-group',
          resourceName: `${stack.stackName}-${logGroup.logicalId}-*`,
          arnFormat: ArnFormat.COLON_RESOURCE_NAME,
        }),
      },
    },
  });
}
