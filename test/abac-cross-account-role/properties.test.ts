import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IIdentity } from 'aws-cdk-lib/aws-iam';
import { AccountRootPrincipal, Group, Role, User } from 'aws-cdk-lib/aws-iam';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { App, Duration, Lazy, NestedStack, Stack, Stage, Token } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';
import * as fc from 'fast-check';
import { AbacAudit, AbacCrossAccountRole, AbacPermission, AbacPolicy, AbacRoleWatch, AbacSpokeAccess, AccessAttribute, TrustedAccounts } from '../../src';
import { SPOKE, SPOKE_ENV } from '../support/abac-roles';
import { ACCOUNT, IRELAND, testApp } from '../support/app';
import { render } from '../support/deployed';
import { expectStrictValidation, firstThatBuild } from '../support/random-programs';

/**
 * Whatever is thrown at them, the constructs either build policies in which nothing is open that no tag decides, or throw
 * their own error. The seed is fixed: a failure here is a failure everywhere.
 */
const SEED = 20261125;

/** Most values are good, so that whole programs are; some are at the edge or beyond it. */
const good = <T, U>(values: fc.Arbitrary<T>, edges: fc.Arbitrary<U>, share = 12) =>
  fc.oneof({ weight: share, arbitrary: values }, { weight: 1, arbitrary: edges }) as fc.Arbitrary<T | U>;
const sometimes = <T>(values: fc.Arbitrary<T>, share = 2) =>
  fc.oneof({ weight: 1, arbitrary: values }, { weight: share, arbitrary: fc.constant(undefined) });
const TOKEN = Token.asString({ Ref: 'AWS::StackName' });
const late = Lazy.number({ produce: () => 4567 });
/** What would open something, were it let through. */
const EVIL = fc.constantFrom(
  '', '*', '?', '${aws:PrincipalTag/x}', 'a}*', '${*}', 'aws:x', 'AWS:x', '__proto__', 'constructor', '"', '\\', 'a\n  b', 'x'.repeat(300), TOKEN,
);

const tagText = fc.stringMatching(/^[a-zA-Z0-9 _.:/=+@-]{1,20}$/);
const keys = good(
  fc.constantFrom('Project', 'Team', 'Stage', 'cost:center', 'my key', 'a/b'), fc.oneof(EVIL, fc.string(), tagText, fc.constant('project')), 25,
);
const values = good(
  fc.uniqueArray(tagText, { minLength: 1, maxLength: 3 }),
  fc.oneof(fc.array(fc.oneof(EVIL, fc.string(), tagText), { maxLength: 3 }), fc.constant(Token.asList({ Ref: 'AWS::NotificationARNs' }))), 15,
);
const attribute = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('matching' as const), key: keys, among: sometimes(values), transitive: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('oneOf' as const), key: keys, values }) },
);
type Attribute = typeof attribute extends fc.Arbitrary<infer T> ? T : never;
const attributes = good(
  fc.uniqueArray(attribute, { minLength: 1, maxLength: 3, selector: each => each.key.toLowerCase() }),
  fc.array(attribute, { maxLength: 9 }), 8,
);

const account = good(fc.stringMatching(/^\d{12}$/), fc.oneof(EVIL, fc.string()), 30);
const organization = good(fc.stringMatching(/^o-[a-z0-9]{10,32}$/), fc.oneof(EVIL, fc.string()));
const trusted = fc.record({
  who: good(
    fc.oneof(
      { weight: 3, arbitrary: fc.uniqueArray(account, { minLength: 1, maxLength: 3 }) as fc.Arbitrary<string | string[]> },
      { weight: 1, arbitrary: organization },
    ),
    fc.array(account, { maxLength: 20 }), 10,
  ),
  externalId: sometimes(good(fc.stringMatching(/^[\w+=,.@:/-]{2,40}$/), fc.oneof(EVIL, fc.string(), fc.stringMatching(/^\w{1100,1230}$/)))),
  organization: sometimes(organization),
  arns: sometimes(good(
    fc.array(fc.constantFrom(`arn:aws:iam::${SPOKE}:role/a-*`, `arn:aws:iam::${SPOKE}:user/b`), { minLength: 1, maxLength: 2 }),
    fc.array(fc.oneof(EVIL, fc.string()), { maxLength: 2 }),
  )),
  mfa: sometimes(good(
    fc.integer({ min: 1, max: 600 }).map(n => Duration.minutes(n)),
    fc.constantFrom(Duration.seconds(0), Duration.minutes(late), Duration.seconds(late), Duration.millis(90_500)),
  )),
  identities: sometimes(good(
    fc.array(fc.stringMatching(/^[\w@.-]{2,20}\*?$/), { minLength: 1, maxLength: 2 }),
    fc.array(fc.oneof(EVIL, fc.string()), { maxLength: 2 }),
  )),
});

const LEVELS = ['read', 'write', 'create', 'list'] as const;
const SERVICES = {
  dynamodb: LEVELS,
  secrets: LEVELS,
  parameters: ['read', 'list'],
  keys: ['read', 'write', 'list'],
  queues: LEVELS,
  topics: LEVELS,
  functions: ['read', 'write', 'list'],
  instances: ['write', 'list'],
} as const;
type Level = (typeof LEVELS)[number];
const someOf = (offered: readonly Level[]) => good(
  fc.uniqueArray(fc.constantFrom(...offered), { minLength: 1 }),
  fc.array(fc.constantFrom(...LEVELS), { maxLength: 4 }), 20,
);
const service = fc.constantFrom(...Object.keys(SERVICES) as (keyof typeof SERVICES)[])
  .chain(name => fc.record({ name: fc.constant(name), levels: someOf(SERVICES[name]) }));
const bucket = fc.constantFrom('Own' as const, 'Other' as const, 'Imported' as const, 'Elsewhere' as const);
const S3_LEVELS = ['read', 'write', 'list'] as const;
const permission = fc.oneof(
  { weight: 3, arbitrary: service },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constant('s3Buckets' as const),
      buckets: good(fc.array(bucket, { minLength: 1, maxLength: 3 }), fc.array(bucket, { maxLength: 0 })),
      levels: someOf(S3_LEVELS),
    }),
  },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('s3Objects' as const), bucket, levels: someOf(S3_LEVELS) }) },
);
type Permission = typeof permission extends fc.Arbitrary<infer T> ? T : never;
const permissions = good(
  fc.uniqueArray(permission, { minLength: 1, maxLength: 4, selector: each => each.name }),
  fc.array(permission, { maxLength: 12 }), 10,
);

const program = fc.record({
  kind: fc.constantFrom('role' as const, 'role' as const, 'policy' as const),
  env: good(fc.constant(IRELAND as { account?: string; region?: string }), fc.constantFrom({ region: 'eu-west-1' }, { account: ACCOUNT }, {}), 6),
  place: good(fc.constant('Stack' as const), fc.constantFrom('NestedStack' as const, 'Stage' as const), 4),
  roleName: good(fc.stringMatching(/^[\w+=,.@-]{1,64}$/), fc.oneof(EVIL, fc.string()), 20),
  trusted,
  attributes,
  permissions,
  maxSessionDuration: sometimes(good(
    fc.integer({ min: 3600, max: 43_200 }).map(n => Duration.seconds(n)),
    fc.oneof(
      fc.integer({ min: 0, max: 100_000 }).map(n => Duration.seconds(n)),
      fc.constantFrom(Duration.hours(late), Duration.seconds(late), Duration.millis(3_600_001), Duration.days(1)),
    ),
  )),
  identities: fc.array(fc.constantFrom(
    'Role' as const, 'User' as const, 'Group' as const, 'ImportedRole' as const, 'ImportedUser' as const, 'ImportedGroup' as const,
  ), { maxLength: 3 }),
  spoke: sometimes(fc.record({
    tag: good(tagText, fc.oneof(EVIL, fc.string())),
    principals: good(
      fc.array(fc.constantFrom('Role' as const, 'User' as const, 'ImportedRole' as const, 'ImportedUser' as const), { minLength: 1, maxLength: 3 }),
      fc.array(fc.constantFrom('Group' as const, 'ImportedGroup' as const), { maxLength: 1 }),
    ),
  }), 1),
  audit: sometimes(good(
    fc.integer({ min: 1, max: 365 }).map(n => Duration.days(n)),
    fc.constantFrom(Duration.days(0), Duration.days(366), Duration.hours(30), Duration.hours(late), Duration.days(late)),
  ), 9),
});
type Program = typeof program extends fc.Arbitrary<infer T> ? T : never;
type Identity = Program['identities'][number];

/** What the program hands in, made when it is first named. */
class Team {
  private readonly made = new Map<string, IConstruct>();

  constructor(private readonly stack: Stack) {}

  public identity(which: Identity): IIdentity {
    return this.once(`Who${which}`, (scope, id): IIdentity => {
      switch (which) {
        case 'Role': return new Role(scope, id, { assumedBy: new AccountRootPrincipal() });
        case 'User': return new User(scope, id);
        case 'Group': return new Group(scope, id);
        case 'ImportedRole': return Role.fromRoleName(scope, id, 'imported-role');
        case 'ImportedUser': return User.fromUserName(scope, id, 'imported-user');
        case 'ImportedGroup': return Group.fromGroupName(scope, id, 'imported-group');
      }
    });
  }

  public permission(stated: Permission): AbacPermission {
    return stated.levels.reduce((all, level) => all[level](), this.fresh(stated));
  }

  private fresh(stated: Permission): AbacPermission {
    switch (stated.name) {
      case 's3Buckets': return AbacPermission.s3Buckets(...stated.buckets.map(each => this.bucket(each)));
      case 's3Objects': return AbacPermission.s3Objects(this.bucket(stated.bucket));
      default: return AbacPermission[stated.name]();
    }
  }

  private bucket(which: 'Own' | 'Other' | 'Imported' | 'Elsewhere'): IBucket {
    return this.once(`${which}Bucket`, (scope, id) => which === 'Imported'
      ? Bucket.fromBucketName(scope, id, 'imported')
      : new Bucket(which === 'Elsewhere' ? new Stack(scope.node.scope!, 'Elsewhere', { env: { account: scope.account, region: scope.region } }) : scope, id, { enforceSSL: true }));
  }

  private once<T extends IConstruct>(key: string, make: (scope: Stack, key: string) => T): T {
    const made = this.made.get(key) ?? make(this.stack, key);
    this.made.set(key, made);
    return made as T;
  }
}

function attributeOf(stated: Attribute): AccessAttribute {
  return stated.kind === 'oneOf' ? AccessAttribute.oneOf(stated.key, stated.values) : AccessAttribute.matching(stated.key, stated);
}

function trustOf({ who, externalId, organization: inside, arns, mfa, identities }: Program['trusted']): TrustedAccounts {
  let trust = typeof who === 'string' ? TrustedAccounts.ofOrganization(who) : TrustedAccounts.of(who);
  trust = externalId === undefined ? trust : trust.withExternalId(externalId);
  trust = inside === undefined ? trust : trust.inOrganization(inside);
  trust = arns === undefined ? trust : trust.onlyPrincipals(arns);
  trust = mfa === undefined ? trust : trust.withMfa(mfa);
  return identities === undefined ? trust : trust.withSourceIdentity(identities);
}

/** The stacks of a program that is built. */
interface Built {
  readonly hub: Stack;
  readonly spoke?: Stack;
}

/** Builds the program; the error's message when it is one of ours. */
function build(scope: Stage, input: Program): Built | string {
  const stack = new Stack(input.place === 'Stage' ? new Stage(scope, 'Prod') : scope, 'Shop', { env: input.env });
  const team = new Team(stack);
  const hub = input.place === 'NestedStack' ? new NestedStack(stack, 'Nested') : stack;
  try {
    const common = { attributes: input.attributes.map(attributeOf), permissions: input.permissions.map(each => team.permission(each)) };
    if (input.kind === 'policy') {
      const policy = new AbacPolicy(hub, 'Access', common);
      new Set(input.identities).forEach(each => policy.attachTo(team.identity(each)));
      return { hub };
    }
    const access = new AbacCrossAccountRole(hub, 'Access', {
      ...common, roleName: input.roleName, trusted: trustOf(input.trusted), maxSessionDuration: input.maxSessionDuration,
    });
    expect(access.accessReport()).not.toContain('${Token[');
    if (input.audit) {
      new AbacAudit(hub, 'Audit', { access, unusedAccessAge: input.audit });
      new AbacRoleWatch(new Stack(scope, 'Watch', { env: { region: 'us-east-1' } }), 'Watch', { roleNames: [input.roleName] });
    }
    if (!input.spoke) {
      return { hub };
    }
    const spoke = new Stack(scope, 'Spoke', { env: SPOKE_ENV });
    const there = new Team(spoke);
    new AbacSpokeAccess(spoke, 'Access', {
      hubRole: access.hubRole,
      principals: [...new Set(input.spoke.principals)].map(each => there.identity(each)),
      tags: Object.fromEntries(access.hubRole.sessionTagKeys.map(key => [key, input.spoke!.tag])),
    });
    return { hub, spoke };
  } catch (error) {
    if ((error as Error).name !== 'InvalidPropsError') {
      throw error;
    }
    return (error as Error).message;
  }
}

/** Every stack of the app with its template, as it will be deployed where names are longest. */
type Templates = Map<Stack, any>;

function synthesize(app: App): Templates {
  app.synth();
  return new Map(app.node.findAll().filter(Stack.isStack).map(stack =>
    [stack, JSON.parse(readFileSync(join(Stage.of(stack)!.synth().directory, stack.templateFile), 'utf8'))]));
}

const PSEUDO: Record<string, string> = { 'AWS::Partition': 'aws-us-gov', 'AWS::AccountId': ACCOUNT, 'AWS::Region': 'ap-southeast-1', 'AWS::StackName': 'S'.repeat(40) };
const ARN_OF_BUCKET = `arn:aws-us-gov:s3:::${'b'.repeat(63)}`;

const REFERRED = { ref: (id: string) => PSEUDO[id] ?? ARN_OF_BUCKET, attribute: () => ARN_OF_BUCKET, imported: () => ARN_OF_BUCKET };

function ofType(template: any, type: string): any[] {
  return Object.values<any>(template.Resources ?? {}).filter(resource => resource.Type === type)
    .map(({ Properties }) => render(Properties, REFERRED));
}

const list = (value: any): any[] => value === undefined ? [] : [value].flat();
const ownValue = (key: string) => `\${aws:PrincipalTag/${key}}`;
/** A deny that compares with a variable of no value would deny nothing. */
const ownValueOrNone = (key: string) => `\${aws:PrincipalTag/${key}, '!'}`;

/** What must hold of every statement that IAM is given, allowing or denying. */
function checkStatement(statement: any, input: Program): void {
  const { Condition = {}, Effect } = statement;
  const denies = Effect === 'Deny';
  const ownValues = input.attributes.filter(each => each.kind === 'matching')
    .flatMap(each => [ownValue(each.key), ...(denies ? [ownValueOrNone(each.key)] : [])]);
  const wrong = [
    // What is denied may be named by its beginning: a policy has room for so many characters.
    ...list(statement.Action).filter((action: string) => !(denies ? /^[a-z0-9]+:[A-Z]\w+\*?(Tagging)?$/ : /^[a-z0-9]+:[A-Z]\w+$/).test(action)),
    ...['NotAction', 'NotResource', 'NotPrincipal'].filter(each => each in statement),
    ...Object.keys(Condition).filter(operator => operator.endsWith('IfExists')),
    // A condition that holds of what is not there asks whether it is there.
    ...Object.entries<any>(Condition).filter(([operator]) => /^ForAllValues:|Not/.test(operator))
      .flatMap(([, asked]) => Object.keys(asked).filter(key => Condition.Null?.[key] !== 'false' && key !== 'sts:TransitiveTagKeys')),
    // Variables are those of tags that decide, and nothing of the team's begins or ends one.
    ...(JSON.stringify(statement).match(/\$\{[^}]*\}?/g) ?? []).filter(each => !ownValues.includes(each)),
  ];
  expect(wrong).toEqual([]);
}

function checkTrust(document: any, input: Program): void {
  expect(JSON.stringify(document).length).toBeLessThanOrEqual(2048);
  expect(document.Version).toBe('2012-10-17');
  const keysOfSession = input.attributes.filter(each => each.kind === 'matching').map(each => each.key);
  const [assume, tag, ...others] = document.Statement;
  expect([assume.Action, tag.Action, ...others.map((each: any) => each.Action)]).toEqual([
    'sts:AssumeRole', 'sts:TagSession', ...(input.trusted.identities ? ['sts:SetSourceIdentity'] : []),
  ]);
  for (const statement of document.Statement) {
    checkStatement(statement, input);
    expect(statement.Effect).toBe('Allow');
    const everybody = list(statement.Principal.AWS).some((each: string) => each.includes('*'));
    expect(everybody).toBe(typeof input.trusted.who === 'string' || input.trusted.who.length === 0);
    if (everybody || input.trusted.organization !== undefined) {
      expect(statement.Condition.StringEquals['aws:PrincipalOrgID']).toMatch(/^o-[a-z0-9]{10,32}$|^S{40}$/);
    }
    if (input.trusted.arns) {
      expect(statement.Condition.ArnLike['aws:PrincipalArn'].length).toBeGreaterThan(0);
    }
  }
  for (const { Condition } of [assume, tag]) {
    keysOfSession.forEach(key => expect([Condition.StringEquals[`aws:RequestTag/${key}`], Condition.Null[`aws:RequestTag/${key}`]]).toEqual([ownValue(key), 'false']));
  }
  expect(tag.Condition['ForAllValues:StringEquals']['aws:TagKeys']).toEqual(keysOfSession);
  const transitive = tag.Condition['ForAllValues:StringEquals']['sts:TransitiveTagKeys'];
  transitive ? expect(keysOfSession).toEqual(expect.arrayContaining(transitive)) : expect(tag.Condition.Null['sts:TransitiveTagKeys']).toBe('true');
}

const SCOPES = ['aws:ResourceTag', 'aws:RequestTag', 's3:ExistingObjectTag', 's3:RequestObjectTag'];

/** Every attribute decides: by a tag that is there and matches, or by a prefix that is nobody else's. */
function checkPermission(statement: any, input: Program): void {
  const { Condition, Resource, Action } = statement;
  if (!Condition) {
    seen.lists++;
    expect(Resource).toBe('*');
    expect(list(Action).filter((action: string) => !/:(List(Tables|Secrets|Aliases|Queues|Topics|Functions)|Describe(Parameters|Instances))$/.test(action))).toEqual([]);
    return;
  }
  expect(list(Resource).filter((arn: string) => !/^arn:[\w-]+:[a-z0-9]+:[\w-]*:(\d{12})?:.+/.test(arn))).toEqual([]);
  const { StringEquals = {}, Null } = Condition;
  const prefixes = [...list(Resource), ...list(Condition.StringLike?.['s3:prefix'])].join();
  const byPrefix = list(Action).every((action: string) => ['s3:DeleteObject', 's3:AbortMultipartUpload', 's3:ListBucket'].includes(action)) && !Null[`aws:ResourceTag/${input.attributes[0].key}`];
  for (const { key, ...stated } of input.attributes) {
    const scope = SCOPES.find(each => Null[`${each}/${key}`] === 'false');
    const matches = stated.kind === 'matching';
    const principal = `aws:PrincipalTag/${key}`;
    seen.prefixes += Number(byPrefix && matches);
    expect([
      byPrefix || StringEquals[`${scope}/${key}`],
      byPrefix && matches && [prefixes.includes(ownValue(key)), Condition.StringNotLike[principal]],
      matches && [Null[principal], StringEquals[principal]?.length],
    ]).toEqual([
      byPrefix || (matches ? ownValue(key) : expect.any(Array)),
      byPrefix && matches && [true, '*/*'],
      matches && ['false', stated.among?.length],
    ]);
  }
}

function checkPolicies(template: any, input: Program): void {
  for (const { PolicyDocument, ManagedPolicyName } of ofType(template, 'AWS::IAM::ManagedPolicy')) {
    seen.policies++;
    expect(ManagedPolicyName).toMatch(/^[\w+=,.@-]{1,128}$/);
    expect(JSON.stringify(PolicyDocument).length).toBeLessThanOrEqual(6144);
    expect(PolicyDocument.Version).toBe('2012-10-17');
    const sids = PolicyDocument.Statement.flatMap((each: any) => each.Sid ?? []);
    expect(sids.filter((sid: string, index: number) => sids.indexOf(sid) !== index || !/^[A-Za-z0-9]+$/.test(sid))).toEqual([]);
    for (const statement of PolicyDocument.Statement) {
      checkStatement(statement, input);
      if (statement.Effect === 'Allow' && !list(statement.Action)[0].startsWith('sts:')) {
        checkPermission(statement, input);
      } else if (statement.Effect === 'Allow') {
        expect(statement.Resource).toMatch(/^arn:aws-us-gov:iam::\d{12}:role\/[\w+=,.@-]{1,64}$/);
      }
    }
  }
}

function check(input: Program, { hub, spoke }: Built, templates: Templates): void {
  templates.forEach(template => checkPolicies(template, input));
  ofType(templates.get(hub), 'AWS::IAM::Role').filter(role => role.RoleName).forEach(role => {
    seen.roles++;
    checkTrust(role.AssumeRolePolicyDocument, input);
  });
  if (spoke) {
    seen.spokes++;
    expect([spoke.dependencies, hub.dependencies.filter(each => each === spoke)]).toEqual([[], []]);
    expect(JSON.stringify(templates.get(spoke))).not.toMatch(/Fn::ImportValue|Fn::GetStackOutput/);
  }
}

/** A program that is not built tells what is wrong, each finding with what it got and what to do. */
function checkMessage(message: string): void {
  const [title, ...findings] = message.split('\n  - ');
  expect(title).toMatch(/^(AbacCrossAccountRole|AbacPolicy|AbacSpokeAccess|AbacAudit|AbacRoleWatch) '[\w/-]+' can not be built:$/);
  expect(findings.length).toBeGreaterThan(0);
  findings.forEach(finding => expect(finding).toMatch(/^'.+' .+, got( twice)?: .+; .+/s));
}

const { outdir } = testApp();
const newApp = (context: Record<string, unknown> = {}) => new App({ outdir, context, analyticsReporting: false, treeMetadata: false });
const seen = { built: 0, refused: 0, roles: 0, policies: 0, spokes: 0, lists: 0, prefixes: 0 };

beforeAll(() => { Error.stackTraceLimit = 0; }); // a trace of each resource is a sixth of the time
afterAll(() => { Error.stackTraceLimit = 10; });

test('1,000 programs: nothing is open that no tag decides, or one of our errors', () => {
  fc.assert(fc.property(program, fc.boolean(), (input, minimizePolicies) => {
    const app = newApp({ '@aws-cdk/aws-iam:minimizePolicies': minimizePolicies });
    const outcome = build(app, input);
    if (typeof outcome === 'string') {
      seen.refused++;
      checkMessage(outcome);
    } else {
      const templates = synthesize(app);
      seen.built++;
      check(input, outcome, templates);
    }
  }), { numRuns: 1000, seed: SEED });
  // All of it happens often: no part of this test is idle.
  expect(seen.refused).toBeGreaterThan(200);
  expect(seen.built).toBeGreaterThan(300);
  expect(seen.roles).toBeGreaterThan(150);
  expect(seen.policies).toBeGreaterThan(600);
  expect(seen.spokes).toBeGreaterThan(50);
  expect(seen.lists).toBeGreaterThan(100);
  expect(seen.prefixes).toBeGreaterThan(50);
});

/** The first programs that build, of those that the seed gives, each in a stage of one app. */
function appOf(count: number, app: App): Program[] {
  return firstThatBuild(count, app, fc.sample(program, { numRuns: 20 * count, seed: SEED }), build);
}

test('the same program gives the same templates', () => {
  const app = newApp();
  const inputs = appOf(20, app);
  const again = newApp();
  inputs.forEach((input, index) => build(new Stage(again, `Program${index}`), input));
  const [first, second] = [app, again].map(each => [...synthesize(each)].map(([stack, template]) => [stack.node.path, template]));
  expect(first.length).toBeGreaterThan(20);
  expect(second).toEqual(first);
});

test('50 programs that build pass CDK\'s own validator, in strict mode', () => {
  expectStrictValidation(app => appOf(50, app));
});
