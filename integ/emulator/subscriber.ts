import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Emulator } from './emulator';

/** Subscribes a new queue to a topic, in the account and Region of the topic. What has arrived there since the last call. */
export async function subscriber(emulator: Emulator, TopicArn: string, name: string): Promise<() => Promise<any[]>> {
  const [, , , region, account] = TopicArn.split(':');
  const sqs = new SQSClient(emulator.clientConfig(account, region));
  const Resource = `arn:aws:sqs:${region}:${account}:${name}`;
  // With IAM enforced a topic delivers to a queue that lets it.
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{
      Effect: 'Allow', Principal: { Service: 'sns.amazonaws.com' }, Action: 'sqs:SendMessage', Resource, Condition: { ArnEquals: { 'aws:SourceArn': TopicArn } },
    }],
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes: { Policy } }));
  await new SNSClient(emulator.clientConfig(account, region)).send(new SubscribeCommand({
    TopicArn, Protocol: 'sqs', Endpoint: Resource, Attributes: { RawMessageDelivery: 'true' },
  }));
  return async () => {
    const request = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 2, VisibilityTimeout: 300 });
    const { Messages = [] } = await sqs.send(request);
    return Messages.map(({ Body = '' }) => Body.startsWith('{') ? JSON.parse(Body) : Body);
  };
}
