/** A stack whose custom resource never answers, and ignores being asked to end. For the kill test. */
import { App, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { Code, Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { ACCOUNT, IRELAND } from '../environments';

const stack = new Stack(new App(), 'Hanging', { env: { account: ACCOUNT, region: IRELAND } });
const handler = new Function(stack, 'Handler', {
  runtime: Runtime.NODEJS_22_X,
  handler: 'index.handler',
  timeout: Duration.minutes(15),
  environment: { MARKER: process.env.HANGING_MARKER! },
  code: Code.fromInline(`
    process.on('SIGTERM', () => undefined);
    exports.handler = () => { require('fs').writeFileSync(process.env.MARKER, ''); return new Promise(() => setInterval(() => undefined, 1000)); };
  `),
});
new CustomResource(stack, 'Never', { serviceToken: handler.functionArn });
