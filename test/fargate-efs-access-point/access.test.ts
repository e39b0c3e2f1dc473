/**
 * Who may mount, write and be root, as a policy evaluator judges it over the synthesized policies; and the same with L2s.
 * docs/efs-access.md shows both, and is compared with what is decided here.
 */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Stack } from 'aws-cdk-lib/core';
import FLAGS from 'aws-cdk-lib/recommended-feature-flags.json';
import { byHand } from '../../bench/by-hand/fargate-efs-access-point';
import { library } from '../../bench/rows/fargate-efs-access-point';
import { FargateEfsAccessPoint, MountAccess } from '../../src';
import { errorOf, IRELAND, shopStack, testApp } from '../support/app';
import { decideBy } from '../support/decide';
import { Deployed } from '../support/deployed';
import type { Client, Deployment, Does, Door, How } from '../support/efs-programs';
import { mayClient, ours, withL2s } from '../support/efs-programs';

const OURS = ours(FLAGS);
const OURS_WITHOUT_FLAGS = ours({});
const L2S = withL2s(FLAGS);
const READ_WRITE = 'AmazonElasticFileSystemClientReadWriteAccess';
const FULL = 'AmazonElasticFileSystemClientFullAccess';
type Decision = 'Allowed' | 'ImplicitlyDenied' | 'ExplicitlyDenied';
type Attempt = [who: string, through: string, how: How, does: Does];

const CASES: [...Attempt, Decision][] = [
  // Each task through its own access point.
  ['the service on A', 'A', 'TLS', 'mount', 'Allowed'],
  ['the service on A', 'A', 'TLS', 'write', 'Allowed'],
  ['the service on A', 'A', 'TLS', 'be root', 'ExplicitlyDenied'],
  ['the service on B', 'B', 'TLS', 'mount', 'Allowed'],
  ['the service on B', 'B', 'TLS', 'write', 'Allowed'],
  ['the service on B', 'B', 'TLS', 'be root', 'ExplicitlyDenied'],
  ['the service on C', 'C', 'TLS', 'mount', 'Allowed'],
  ['the service on C', 'C', 'TLS', 'write', 'Allowed'],
  ['the service on C', 'C', 'TLS', 'be root', 'ExplicitlyDenied'],
  ['the service of the team', 'the team\'s', 'TLS', 'mount', 'Allowed'],
  ['the service of the team', 'the team\'s', 'TLS', 'write', 'Allowed'],
  ['the service of the team', 'the team\'s', 'TLS', 'be root', 'ExplicitlyDenied'],
  // Through that of another.
  ['the service on A', 'B', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['the service on A', 'B', 'TLS', 'write', 'ImplicitlyDenied'],
  ['the service on B', 'A', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['the service on B', 'A', 'TLS', 'write', 'ImplicitlyDenied'],
  ['the service on A', 'C', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['the service on C', 'A', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['the service on A', 'root', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['the service on A', 'the team\'s', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['the service of the team', 'A', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['the service on A', 'A, said to be on the team\'s', 'TLS', 'mount', 'ImplicitlyDenied'],
  // Through none, or one that is not of this account.
  ['the service on A', 'no access point', 'TLS', 'mount', 'ExplicitlyDenied'],
  ['the service on A', 'no access point', 'TLS', 'write', 'ExplicitlyDenied'],
  ['the service of the team', 'no access point of the team\'s', 'TLS', 'mount', 'ExplicitlyDenied'],
  ['the service on A', 'an access point of another account', 'TLS', 'mount', 'ExplicitlyDenied'],
  ['the service on A', 'an access point of another account', 'TLS', 'write', 'ExplicitlyDenied'],
  // Without TLS, or past the mount targets.
  ['the service on A', 'A', 'no TLS', 'mount', 'ExplicitlyDenied'],
  ['the service on A', 'A', 'no TLS', 'write', 'ExplicitlyDenied'],
  ['the service on C', 'C', 'no TLS', 'mount', 'ExplicitlyDenied'],
  ['the service of the team', 'the team\'s', 'no TLS', 'mount', 'ExplicitlyDenied'],
  ['the service on root', 'root', 'no TLS', 'mount', 'ExplicitlyDenied'],
  ['the service on A', 'A', 'TLS, past the mount targets', 'mount', 'ImplicitlyDenied'],
  ['the service on A', 'A', 'TLS, past the mount targets', 'write', 'ImplicitlyDenied'],
  // Read only. The role is the task's: beside a container that writes, the mount alone keeps a reader from it.
  ['the reader of A', 'A', 'TLS', 'mount', 'Allowed'],
  ['the reader of A', 'A', 'TLS', 'write', 'ImplicitlyDenied'],
  ['the reader of A', 'A', 'TLS', 'be root', 'ExplicitlyDenied'],
  ['the reader of A', 'A', 'no TLS', 'mount', 'ExplicitlyDenied'],
  ['the reader of A', 'B', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['a task that reads and writes A', 'A', 'TLS', 'mount', 'Allowed'],
  ['a task that reads and writes A', 'A', 'TLS', 'write', 'Allowed'],
  ['a task that writes A and reads B', 'A', 'TLS', 'write', 'Allowed'],
  ['a task that writes A and reads B', 'B', 'TLS', 'mount', 'Allowed'],
  ['a task that writes A and reads B', 'B', 'TLS', 'write', 'ImplicitlyDenied'],
  // Root, where a reason is stated.
  ['the service on root', 'root', 'TLS', 'mount', 'Allowed'],
  ['the service on root', 'root', 'TLS', 'write', 'Allowed'],
  ['the service on root', 'root', 'TLS', 'be root', 'Allowed'],
  ['the service on root', 'no access point of root', 'TLS', 'be root', 'ExplicitlyDenied'],
  ['the service on root', 'A', 'TLS', 'be root', 'ExplicitlyDenied'],
  ['the reader of root', 'root', 'TLS', 'write', 'ImplicitlyDenied'],
  // Who has no part in it.
  ['the execution role of A', 'A', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['the execution role of A', 'A', 'TLS', 'write', 'ImplicitlyDenied'],
  ['a stranger', 'A', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['a stranger', 'A', 'TLS', 'write', 'ImplicitlyDenied'],
  ['a stranger', 'root', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['a stranger', 'root', 'TLS', 'be root', 'ImplicitlyDenied'],
  ['a stranger', 'no access point', 'TLS', 'mount', 'ExplicitlyDenied'],
  ['a user without policies', 'A', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['an anonymous client', 'A', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['an anonymous client', 'A', 'TLS', 'write', 'ImplicitlyDenied'],
  ['an anonymous client', 'A', 'no TLS', 'mount', 'ExplicitlyDenied'],
  ['an anonymous client', 'no access point', 'no TLS', 'mount', 'ExplicitlyDenied'],
  ['an administrator of another account', 'A', 'TLS', 'mount', 'ImplicitlyDenied'],
  ['an administrator of another account', 'an access point of another account', 'TLS', 'mount', 'ExplicitlyDenied'],
  // Who may mount every file system by policies of their own, mounts ours: through an access point, by TLS, not as root.
  [READ_WRITE, 'A', 'TLS', 'mount', 'Allowed'],
  [READ_WRITE, 'A', 'TLS', 'write', 'Allowed'],
  [READ_WRITE, 'A', 'TLS, past the mount targets', 'mount', 'Allowed'],
  [READ_WRITE, 'A', 'no TLS', 'mount', 'ExplicitlyDenied'],
  [READ_WRITE, 'no access point', 'TLS', 'mount', 'ExplicitlyDenied'],
  [READ_WRITE, 'root', 'TLS', 'be root', 'ImplicitlyDenied'],
  [FULL, 'A', 'TLS', 'be root', 'ExplicitlyDenied'],
  [FULL, 'the team\'s', 'TLS', 'be root', 'ExplicitlyDenied'],
  [FULL, 'root', 'TLS', 'be root', 'Allowed'],
  ['an administrator', 'A', 'TLS', 'mount', 'Allowed'],
  ['an administrator', 'A', 'TLS', 'be root', 'ExplicitlyDenied'],
  ['an administrator', 'no access point', 'TLS', 'mount', 'ExplicitlyDenied'],
  // The L2's grant on our file system opens every directory of it to read, and no more.
  ['a role with the L2\'s grantRead', 'B', 'TLS', 'mount', 'Allowed'],
  ['a role with the L2\'s grantRead', 'B', 'TLS', 'write', 'ImplicitlyDenied'],
  ['a role with the L2\'s grantRead', 'B', 'TLS', 'be root', 'ExplicitlyDenied'],
  ['a role with the L2\'s grantRead', 'no access point', 'TLS', 'mount', 'ExplicitlyDenied'],
];

/** With L2s and their grants, and with ours; as docs/efs-access.md shows it. */
const SIDE_BY_SIDE: [...Attempt, l2s: Decision, ours: Decision][] = [
  ['the service on A', 'A', 'TLS', 'mount', 'Allowed', 'Allowed'],
  ['the service on A', 'A', 'TLS', 'write', 'Allowed', 'Allowed'],
  ['the service on A', 'A', 'TLS', 'be root', 'Allowed', 'ExplicitlyDenied'],
  ['the service on A', 'A', 'no TLS', 'mount', 'Allowed', 'ExplicitlyDenied'],
  ['the service on A', 'B', 'TLS', 'mount', 'Allowed', 'ImplicitlyDenied'],
  ['the service on A', 'B', 'TLS', 'write', 'Allowed', 'ImplicitlyDenied'],
  ['the service on A', 'no access point', 'TLS', 'mount', 'Allowed', 'ExplicitlyDenied'],
  ['the service on A', 'no access point', 'TLS', 'be root', 'Allowed', 'ExplicitlyDenied'],
  ['the reader of A', 'A', 'TLS', 'mount', 'Allowed', 'Allowed'],
  ['the reader of A', 'A', 'TLS', 'write', 'Allowed', 'ImplicitlyDenied'],
  ['the reader of A', 'A', 'TLS', 'be root', 'Allowed', 'ExplicitlyDenied'],
  ['the reader of A', 'B', 'TLS', 'write', 'Allowed', 'ImplicitlyDenied'],
  ['a stranger', 'A', 'TLS', 'mount', 'ImplicitlyDenied', 'ImplicitlyDenied'],
  ['a stranger', 'A', 'TLS', 'write', 'Allowed', 'ImplicitlyDenied'],
  ['an anonymous client', 'A', 'TLS', 'mount', 'ImplicitlyDenied', 'ImplicitlyDenied'],
  ['an administrator of another account', 'A', 'TLS', 'mount', 'ImplicitlyDenied', 'ImplicitlyDenied'],
  [READ_WRITE, 'A', 'TLS', 'mount', 'Allowed', 'Allowed'],
  [READ_WRITE, 'A', 'TLS', 'write', 'Allowed', 'Allowed'],
  [READ_WRITE, 'A', 'TLS', 'be root', 'Allowed', 'ExplicitlyDenied'],
  [READ_WRITE, 'no access point', 'TLS', 'mount', 'Allowed', 'ExplicitlyDenied'],
];

async function decided({ clients, doors }: Deployment, ...[who, through, how, does]: Attempt): Promise<string> {
  return mayClient(clients[who], doors[through], how, does);
}

describe.each([['the flags of cdk init', OURS], ['no flags', OURS_WITHOUT_FLAGS]])('ours, with %s', (_, program) => {
  test.each(CASES)('%s, through %s, by %s, may %s: %s', async (who, through, how, does, decision) => {
    expect(await decided(program, who, through, how, does)).toBe(decision);
  });

  test('and nothing else is allowed to anybody', async () => {
    const { ['A, said to be on the team\'s']: impossible, ...doors } = program.doors;
    const allowed: Record<string, string[]> = {};
    for (const who of Object.keys(program.clients)) {
      const what = allowed[who] = [] as string[];
      for (const [through, how, does] of attemptsOn(doors)) {
        what.push(...await decided(program, who, through, how, does) === 'Allowed' ? [`${through}, ${how}: ${does}`] : []);
      }
    }
    const own = (through: string, ...does: Does[]) => does.map(each => `${through}, TLS: ${each}`);
    const any = (...root: Does[]) => ['A', 'B', 'C', 'root', 'the team\'s'].flatMap(through => ['TLS', 'TLS, past the mount targets']
      .flatMap(how => ['mount', 'write', ...(through === 'root' ? root : [])].map(does => `${through}, ${how}: ${does}`)));
    expect(impossible).toBeDefined();
    expect(allowed).toEqual({
      'the service on A': own('A', 'mount', 'write'),
      'the service on B': own('B', 'mount', 'write'),
      'the service on C': own('C', 'mount', 'write'),
      'the reader of A': own('A', 'mount'),
      'a task that reads and writes A': own('A', 'mount', 'write'),
      'a task that writes A and reads B': [...own('A', 'mount', 'write'), ...own('B', 'mount')],
      'the service on root': own('root', 'mount', 'write', 'be root'),
      'the reader of root': expect.arrayContaining(own('root', 'mount')),
      'the service of the team': own('the team\'s', 'mount', 'write'),
      'the execution role of A': [],
      'a role with the L2\'s grantRead': ['A', 'B', 'C'].flatMap(through => own(through, 'mount')),
      'a stranger': [],
      'a user without policies': [],
      [READ_WRITE]: any(),
      [FULL]: any('be root'),
      'an administrator': any('be root'),
      'an administrator of another account': [],
      'an anonymous client': [],
    });
  });
});

function* attemptsOn(doors: Record<string, Door>): Generator<[through: string, how: How, does: Does]> {
  for (const through of Object.keys(doors)) {
    for (const how of ['TLS', 'no TLS', 'TLS, past the mount targets'] as const) {
      for (const does of ['mount', 'write', 'be root'] as const) {
        yield [through, how, does];
      }
    }
  }
}

describe('managing the file system is no business of an NFS client, and denied to nobody', () => {
  const { clients: { 'an administrator': { principal, policies: identity } }, doors: { A: { fileSystemArn: resource, fileSystemPolicy } } } = OURS;

  test.each(['Backup', 'Restore', 'DescribeFileSystems', 'CreateReplicationConfiguration', 'CreateAccessPoint', 'PutFileSystemPolicy'])('%s', async action => {
    expect(await decideBy({ identity, resource: fileSystemPolicy }, { principal, action: `elasticfilesystem:${action}`, resource })).toBe('Allowed');
  });
});

describe('the same with L2s, with the flags of cdk init', () => {
  const both = async (...attempt: Attempt) => [await decided(L2S, ...attempt), await decided(OURS, ...attempt)];

  test.each(SIDE_BY_SIDE.filter(row => row[4] !== row[5]))('Trap: %s, through %s, by %s, may %s: %s with L2s, %s with ours',
    async (who, through, how, does, theirs, decision) => {
      expect(await both(who, through, how, does)).toEqual([theirs, decision]);
    });

  test.each(SIDE_BY_SIDE.filter(row => row[4] === row[5]))('%s, through %s, by %s, may %s: %s with L2s, %s with ours',
    async (who, through, how, does, theirs, decision) => {
      expect(await both(who, through, how, does)).toEqual([theirs, decision]);
    });

  test('Trap: the L2 adds its statement to a policy of the team, and ours does not take the file system (aws-cdk#36224)', () => {
    const teams = (stack: Stack, vpc = new Vpc(stack, 'Vpc')) =>
      ({ vpc, fileSystem: new FileSystem(stack, 'Teams', { vpc, fileSystemPolicy: FargateEfsAccessPoint.fileSystemPolicy(stack) }) });
    const [alone, adopted] = [FLAGS, FLAGS].map(flags => shopStack({ env: IRELAND }, testApp(flags)));
    const { fileSystem } = teams(alone);
    expect(new Deployed(alone).policyOf(fileSystem).Statement.map(sentenceOf)).toEqual([
      'Deny everybody to mount, write and be root, without TLS',
      'Deny everybody to mount, write and be root, through no access point of the account and Region',
      'Deny everybody to be root',
      'Allow everybody to write and be root, via a mount target',
    ]);
    new FargateEfsAccessPoint(adopted, 'Files', { directory: '/t', ...teams(adopted) });
    expect(errorOf(() => Template.fromStack(adopted))).toContain('\'fileSystem\' must allow nothing to everybody');
  });

  test('a file system that is imported by its id keeps its policy: with that of the L2, our reader writes and is root', async () => {
    const { fileSystemArn, fileSystemPolicy } = L2S.doors.A;
    const stack = shopStack({ env: IRELAND }, testApp(FLAGS));
    const vpc = new Vpc(stack, 'Vpc');
    const imported = FileSystem.fromFileSystemAttributes(stack, 'Imported', {
      fileSystemId: fileSystemArn.split('/')[1], securityGroup: SecurityGroup.fromSecurityGroupId(stack, 'SecurityGroup', 'sg-0123456789abcdef0'),
    });
    const files = new FargateEfsAccessPoint(stack, 'Files', { vpc, directory: '/a', fileSystem: imported });
    const role = new Role(stack, 'Reader', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    files.grantMount(role, MountAccess.readOnly());
    const deployed = new Deployed(stack);
    const reader: Client = { principal: deployed.value(role, role.roleArn), policies: deployed.policiesOf(role) };
    const door = { fileSystemArn, fileSystemPolicy, accessPointArn: deployed.value(files, files.accessPoint.accessPointArn) };
    expect(await Promise.all((['mount', 'write', 'be root'] as const).map(does => mayClient(reader, door, 'TLS', does)))).toEqual(['Allowed', 'Allowed', 'Allowed']);
  });
});

test('by hand in bench/, knowing all this, the policies are ours', () => {
  const [theirs, own] = [byHand, library].map(program => {
    const stack = shopStack();
    program(stack, 'Thing');
    const template = Template.fromStack(stack);
    return [...Object.values(template.findResources('AWS::EFS::FileSystem')), ...Object.values(template.findResources('AWS::IAM::Policy'))]
      .map(({ Properties }) => Properties.FileSystemPolicy ?? Properties.PolicyDocument);
  });
  expect(own.map(({ Statement }) => Statement.length)).toEqual([3, 1]);
  expect(theirs).toEqual(own);
});

describe('what the evaluator can not judge', () => {
  test('Trap: with no flag and no grant the L2 writes no policy. EFS lets everybody in then; the evaluator knows only IAM', async () => {
    const stack = shopStack();
    const fileSystem = new FileSystem(stack, 'Files', { vpc: new Vpc(stack, 'Vpc') });
    const deployed = new Deployed(stack);
    const fileSystemPolicy = deployed.policyOf(fileSystem);
    expect(fileSystemPolicy).toBeUndefined();
    const door = { fileSystemArn: deployed.value(fileSystem, fileSystem.fileSystemArn), fileSystemPolicy };
    expect(await mayClient(OURS.clients['an anonymous client'], door, 'no TLS', 'mount')).toBe('ImplicitlyDenied');
  });

  test('a request that does not say whether it came by TLS is not denied: EFS always says', async () => {
    const { clients: { 'the service on A': client }, doors: { A } } = OURS;
    expect(await decideBy({ identity: client.policies, resource: A.fileSystemPolicy }, {
      principal: client.principal,
      action: 'elasticfilesystem:ClientMount',
      resource: A.fileSystemArn,
      context: { 'elasticfilesystem:AccessPointArn': A.accessPointArn!, 'elasticfilesystem:AccessedViaMountTarget': 'true' },
    })).toBe('Allowed');
  });
});

describe('docs/efs-access.md', () => {
  const page = readFileSync(resolve(__dirname, '../../docs/efs-access.md'), 'utf8');
  /** The cells below the first two lines of a table under this heading. */
  const tableUnder = (heading: string) => page.split(`## ${heading}\n`)[1].split('\n## ')[0].split('\n')
    .filter(line => line.startsWith('|')).slice(2).map(line => line.split('|').slice(1, -1).map(cell => cell.trim()));

  test('says statement by statement what is synthesized', () => {
    const cell = (policy: any) => policy.Statement.map(sentenceOf).join('<br>');
    const client = ({ clients }: Deployment, who: string) => cell(clients[who].policies[0]);
    expect(tableUnder('What is granted to whom')).toEqual([
      ['the file system', cell(L2S.doors.A.fileSystemPolicy), cell(OURS.doors.A.fileSystemPolicy)],
      ['the file system of a root directory', cell(L2S.doors.A.fileSystemPolicy), cell(OURS.doors.root.fileSystemPolicy)],
      ...['the service on A', 'the reader of A'].map(who => [`the role of ${who}`, client(L2S, who), client(OURS, who)]),
    ]);
  });

  test('shows what is decided', () => {
    expect(tableUnder('Who may do what')).toEqual(SIDE_BY_SIDE);
  });
});

const CONDITIONS: Record<string, string> = {
  'Bool aws:SecureTransport false': 'without TLS',
  'Bool elasticfilesystem:AccessedViaMountTarget true': 'via a mount target',
  'StringNotLike elasticfilesystem:AccessPointArn arn:aws:elasticfilesystem:eu-west-1:111111111111:access-point/*': 'through no access point of the account and Region',
};
const DEEDS: Record<string, Does> = {
  'elasticfilesystem:ClientMount': 'mount', 'elasticfilesystem:ClientWrite': 'write', 'elasticfilesystem:ClientRootAccess': 'be root',
};
const ORDER = Object.values(DEEDS);

/** A statement in words; fails for one with a condition, principal or action that has none. */
function sentenceOf({ Effect, Principal, Action, Condition = {} }: any): string {
  const whom = Principal ? { '{"AWS":"*"}': 'everybody' }[JSON.stringify(Principal)] : 'it';
  const deeds = [Action].flat().map((action: string) => DEEDS[action]).sort((a, b) => ORDER.indexOf(a) - ORDER.indexOf(b));
  const conditions = Object.entries<Record<string, string>>(Condition).flatMap(([operator, keys]) => Object.entries(keys).map(([key, value]) =>
    operator === 'StringEquals' && key === 'elasticfilesystem:AccessPointArn' && /access-point\/fsap-[0-9a-f]{17}$/.test(value)
      ? 'through its access point' : CONDITIONS[`${operator} ${key} ${value}`]));
  expect([whom, ...deeds, ...conditions]).not.toContain(undefined);
  return `${Effect} ${whom} to ${deeds.join(', ').replace(/, (?!.*, )/, ' and ')}${conditions.map(condition => `, ${condition}`).join('')}`;
}
