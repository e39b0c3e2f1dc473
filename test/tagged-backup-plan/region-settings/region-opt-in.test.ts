import { Match, Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { App } from 'aws-cdk-lib/core';
import { CfnResource, NestedStack, Stack } from 'aws-cdk-lib/core';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { Construct } from 'constructs';
import { Findings } from '../../../src/private/validation';
import { findOptInProblems, RegionOptIn } from '../../../src/tagged-backup-plan/region-settings/region-opt-in';
import { BackupResourceType } from '../../../src/tagged-backup-plan/tiers/backup-resource-type';
import { errorOf, IRELAND, shopStack, testApp } from '../../support/app';
import { testWhereArnsAreAcknowledged } from '../../support/peers';

const { DYNAMODB, EFS, S3 } = BackupResourceType;
const CUSTOM = 'Custom::BackupRegionSettings';
const PATH = /^\/resilience\/backup-region-settings\/[\w-]+$/;

function optIn(scope: Construct = shopStack(), resourceTypes = [S3]): RegionOptIn {
  return new RegionOptIn(scope, 'OptIn', { resourceTypes });
}

/** The statements of the role whose logical id begins so. */
function statementsOf(template: Template, role: string): any[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')).filter(policy => policy.Properties.Roles[0].Ref.startsWith(role));
  expect(policies).toHaveLength(1);
  return policies[0].Properties.PolicyDocument.Statement;
}

function functionOf(template: Template, handler: string): [string, any] {
  const [entry, ...more] = Object.entries(template.findResources('AWS::Lambda::Function')).filter(([, found]) => found.Properties.Handler === handler);
  expect(more).toEqual([]);
  return entry;
}

describe('the custom resource', () => {
  test('tells the handler where to remember and what to switch on, in an order that does not matter', () => {
    const stack = shopStack();
    const { parameterPath } = optIn(stack, [S3, DYNAMODB, EFS]);
    Template.fromStack(stack).hasResource(CUSTOM, {
      Properties: {
        ServiceToken: { 'Fn::GetAtt': [Match.anyValue(), 'Arn'] },
        ServiceTimeout: '1200',
        ParameterPath: parameterPath,
        ResourceTypes: ['DynamoDB', 'EFS', 'S3'],
      },
      DeletionPolicy: 'Delete',
    });
    expect(parameterPath).toMatch(PATH);
    expect(parameterPath).toContain('/Shop-OptIn');
  });

  test('has a path of its own in every stack, nested ones too, whatever the ids', () => {
    const app = testApp();
    const stacks = ['One', 'Two'].map(id => new Stack(app, id, { env: IRELAND }));
    const nested = stacks.map(stack => new NestedStack(stack, 'Nested'));
    const named = new Stack(app, 'Three', { env: IRELAND, stackName: 'Four' });
    const paths = [...stacks, ...nested, named].map(scope => optIn(scope).parameterPath);
    expect(new Set(paths).size).toBe(paths.length);
    paths.forEach(path => expect(path).toMatch(PATH));
  });

  test('has a path that Parameter Store takes, however deep it stands', () => {
    let scope: Construct = shopStack();
    for (let depth = 0; depth < 10; depth++) {
      scope = new NestedStack(scope, `A_rather.long@name-of-a-nested-stack-${depth}`);
    }
    const { parameterPath } = optIn(scope);
    expect(parameterPath).toMatch(PATH);
    expect(parameterPath.length).toBeLessThan(200);
  });
});

describe('the handler', () => {
  test('runs on Node 24, with a log of its own that is kept for a year, and knows where all plans keep their parameters', () => {
    const stack = shopStack();
    optIn(stack);
    const template = Template.fromStack(stack);
    const [, handler] = functionOf(template, 'index.handler');
    expect(handler.Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Timeout: 600,
      MemorySize: 256,
      Environment: { Variables: { PARAMETER_ROOT: '/resilience/backup-region-settings' } },
      LoggingConfig: { LogGroup: { Ref: expect.stringContaining('SettingsLogs') } },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 365 });
    template.resourceCountIs('AWS::Logs::LogGroup', 2);
  });

  test('may do this, and nothing more', () => {
    const stack = shopStack();
    optIn(stack);
    const parameters = (suffix: string) => ({
      'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ssm:eu-west-1:111111111111:parameter/resilience/backup-region-settings${suffix}`]],
    });
    const template = Template.fromStack(stack);
    expect(statementsOf(template, 'OptInSettingsRole')).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [expect.stringContaining('SettingsLogs'), 'Arn'] } },
      { Effect: 'Allow', Action: ['backup:DescribeRegionSettings', 'backup:UpdateRegionSettings'], Resource: '*' },
      { Effect: 'Allow', Action: 'ssm:GetParametersByPath', Resource: parameters('') },
      { Effect: 'Allow', Action: ['ssm:PutParameter', 'ssm:DeleteParameter'], Resource: parameters('/*') },
    ]);
    Object.values(template.findResources('AWS::IAM::Role')).forEach(role => expect(role.Properties).not.toHaveProperty('ManagedPolicyArns'));
  });
});

describe('the provider framework', () => {
  test('may write its log and invoke the handler, and nothing more', () => {
    const stack = shopStack();
    optIn(stack);
    const template = Template.fromStack(stack);
    const [handlerId] = functionOf(template, 'index.handler');
    expect(statementsOf(template, 'OptInFrameworkRole')).toEqual([
      { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: { 'Fn::GetAtt': [expect.stringContaining('FrameworkLogs'), 'Arn'] } },
      { Effect: 'Allow', Action: ['lambda:InvokeFunction', 'lambda:GetFunction'], Resource: { 'Fn::GetAtt': [handlerId, 'Arn'] } },
    ]);
  });

  test('is there, with its log and its rights, before the custom resource and after it is gone', () => {
    const stack = shopStack();
    optIn(stack);
    const template = Template.fromStack(stack);
    const [frameworkId, framework] = functionOf(template, 'framework.onEvent');
    expect(framework.Properties.LoggingConfig.LogGroup).toEqual({ Ref: expect.stringContaining('FrameworkLogs') });
    expect(framework.DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^OptInFrameworkRoleDefaultPolicy/)]));
    expect(functionOf(template, 'index.handler')[1].DependsOn).toEqual(expect.arrayContaining([expect.stringMatching(/^OptInSettingsRoleDefaultPolicy/)]));
    template.hasResourceProperties(CUSTOM, { ServiceToken: { 'Fn::GetAtt': [frameworkId, 'Arn'] } });
  });

  test('Trap: it grants itself every version and alias of the handler, if its role takes it', () => {
    const stack = shopStack();
    const { handler } = optIn(stack);
    const role = new Role(stack, 'TakesAll', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    new Provider(stack, 'Provider', { onEventHandler: handler, frameworkOnEventRole: role });
    expect(JSON.stringify(statementsOf(Template.fromStack(stack), 'TakesAll'))).toContain(':*');
  });
});

describe.each([['a Region that is known', IRELAND], ['a Region that is not', undefined]])('in %s', (_, env) => {
  function built(context: Record<string, unknown> = {}): App {
    const app = testApp(context);
    optIn(new Stack(app, 'Shop', { env }), BackupResourceType.values);
    return app;
  }
  const findings = (app: App) => new AwsSolutionsChecks(app).validateScope(app.node.findChild('Shop')).violations.map(violation => violation.ruleName);

  testWhereArnsAreAcknowledged('has no finding of cdk-nag AwsSolutions that is not acknowledged', () => {
    expect(findings(built())).toEqual([]);
  });

  test('passes CDK\'s validator in strict mode', () => {
    process.env.CDK_VALIDATION = 'true';
    try {
      const app = built({ '@aws-cdk/core:validateAgainstDefaultRules': true });
      expect(() => app.synth()).not.toThrow();
      const bad = testApp({ '@aws-cdk/core:validateAgainstDefaultRules': true });
      new CfnResource(new Stack(bad, 'Bad'), 'Bucket', { type: 'AWS::S3::Bucket', properties: { NoSuchProperty: 1 } });
      expect(() => bad.synth()).toThrow();
    } finally {
      process.env.CDK_VALIDATION = 'false';
    }
  });
});

testWhereArnsAreAcknowledged('acknowledges two findings, on the policy that has them', () => {
  const stack = shopStack();
  optIn(stack);
  const acknowledged = stack.node.findAll().flatMap(construct => construct.node.metadata.filter(entry => /acknowledg/i.test(entry.type))
    .flatMap(entry => Object.keys(entry.data)).map(id => `${construct.node.path}: ${id.replace('Annotation::', '')}`));
  expect(acknowledged).toEqual([
    'Shop/OptIn/Settings/Role/DefaultPolicy: AwsSolutions-IAM5[Resource::*]',
    'Shop/OptIn/Settings/Role/DefaultPolicy: AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ssm:eu-west-1:111111111111:parameter/resilience/backup-region-settings/*]',
  ]);
});

describe('optIn', () => {
  function problemsOf(resourceTypes: BackupResourceType[] | undefined): void {
    const findings = new Findings();
    findOptInProblems(findings, resourceTypes);
    findings.throwIfAny('plan');
  }

  test.each([['left out', undefined], ['one', [S3]], ['all', BackupResourceType.values]])('%s', (_, types) => {
    expect(() => problemsOf(types)).not.toThrow();
  });

  test.each<[string, BackupResourceType[], string]>([
    ['none', [], '\'optIn\' must name at least one type of resource, got: none; pass one such as BackupResourceType.S3, or leave \'optIn\' out'],
    ['one twice', [S3, EFS, S3, S3], '\'optIn\' must name each type of resource once, got twice: \'S3\'; remove one'],
    ['two twice', [S3, EFS, EFS, S3], '\'optIn\' must name each type of resource once, got twice: \'EFS\', \'S3\'; remove one'],
  ])('fails: %s', (_, types, message) => {
    expect(errorOf(() => problemsOf(types))).toBe(`plan can not be built:\n  - ${message}`);
  });
});
