/**
 * The list of what access by tags must refuse (facts on ABAC, D8), line by line: what is refused with its whole message, and
 * the nearest that is accepted. What can not be said with this API can not be refused: then the test shows why.
 */
import { Annotations, Match } from 'aws-cdk-lib/assertions';
import type { ManagedPolicy } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Lazy, Stack, Token } from 'aws-cdk-lib/core';
import type { AbacCrossAccountRole } from '../../src';
import { AbacAudit, AbacPermission, AbacPolicy, AccessAttribute, TrustedAccounts } from '../../src';
import { accepted, accessIn, deployedProperties, findingsOf, PROJECT, refused, SPOKE, statementsOf } from '../support/abac-roles';
import { errorOf, shopStack } from '../support/app';

const TOKEN = Token.asString({ Ref: 'Said' });
const TRUSTED = TrustedAccounts.of([SPOKE]);
const attributes = (...others: AccessAttribute[]) => ({ attributes: [PROJECT, ...others] });
const numbered = (count: number) => Array.from({ length: count }, (_, index) => AccessAttribute.matching(`k${index}`));

test('everything that is wrong is said at once, under the name of the construct', () => {
  expect(errorOf(() => accessIn(shopStack(), {
    roleName: 'a b', trusted: TrustedAccounts.of([]), attributes: [AccessAttribute.matching('a$')], permissions: [], maxSessionDuration: Duration.hours(13),
  }))).toBe([
    'AbacCrossAccountRole \'Shop/Access\' can not be built:',
    '  - \'roleName\' must be 1 to 64 letters, digits and _+=,.@-, got: \'a b\'; choose another',
    '  - \'maxSessionDuration\' must be 1 to 12 hours, in whole seconds, got: 13 hours; AWS has no other sessions',
    '  - \'trusted\' must name at least one account or an organization, got: none; everybody is nobody to trust',
    '  - \'key\' of an attribute must be 1 to 128 letters, digits, spaces and _.:/=+-@, got: \'a$\'; choose another',
    '  - \'permissions\' must allow something, got: none; add one such as AbacPermission.dynamodb().read()',
  ].join('\n'));
});

describe('1. accounts, organizations, ARNs', () => {
  test.each(['', '12345678901', '1234567890123', '12345678901x', '*', ` ${SPOKE}`])('account %j', account => {
    expect(refused({ trusted: TrustedAccounts.of([account]) }))
      .toEqual([`'trusted' must name accounts by their 12 digits, got: '${account}'; look it up in the account's settings`]);
  });
  test('an account twice', () => {
    expect(refused({ trusted: TrustedAccounts.of([SPOKE, '333333333333', SPOKE]) })).toEqual([`'trusted' must name each account once, got twice: '${SPOKE}'; remove one`]);
  });
  test.each([['a list that is not known', Token.asList({ Ref: 'Accounts' })]])('%s', (_, accounts) => {
    expect(refused({ trusted: TrustedAccounts.of(accounts) }))
      .toEqual([expect.stringMatching(/^'trusted' must name accounts by their 12 digits, got: '#\{Token\[.*\]\}'; look it up in the account's settings$/)]);
  });
  test.each([[[SPOKE, '000000000000']], [[TOKEN]]])('%j is accepted', accounts => {
    accepted({ trusted: TrustedAccounts.of(accounts) });
  });

  test.each(['', 'o-abcde1234', `o-${'a'.repeat(33)}`, 'o-ABCDE12345', 'r-abcde12345', 'o-*', 'o-abcde12345/r-1'])('organization %j', id => {
    const message = `'trusted' must name an organization as o-…, got: '${id}'; look it up in AWS Organizations`;
    expect(refused({ trusted: TrustedAccounts.ofOrganization(id) })).toEqual([message]);
    expect(refused({ trusted: TRUSTED.inOrganization(id) })).toEqual([message]);
  });
  test.each(['o-abcde12345', `o-${'a'.repeat(32)}`, TOKEN])('organization %j is accepted', id => {
    accepted({ trusted: TrustedAccounts.ofOrganization(id) });
    accepted({ trusted: TRUSTED.inOrganization(id) });
  });

  test.each([
    '*', 'Team', 'arn:aws:iam::222222222222:root', 'arn:aws:iam::2222:role/Team', 'arn:aws:iam::222222222222:role/', 'arn:aws:iam::222222222222:group/Team',
    // aws:PrincipalArn of a session is the ARN of its role: this one would match nobody.
    'arn:aws:sts::222222222222:assumed-role/Team/maria',
  ])('principal %j', arn => {
    expect(refused({ trusted: TRUSTED.onlyPrincipals([arn]) }))
      .toEqual([`'onlyPrincipals' must name roles and users by ARN, got: '${arn}'; write one like 'arn:aws:iam::111111111111:role/data-*'`]);
  });
  test('no principal', () => {
    expect(refused({ trusted: TRUSTED.onlyPrincipals([]) }))
      .toEqual(['\'onlyPrincipals\' must name at least one ARN, got: none; leave it out to trust the whole account']);
  });
  test.each([
    'arn:aws:iam::222222222222:role/Team', 'arn:aws:iam::*:role/data-*', 'arn:aws-cn:iam::222222222222:user/path/maria', TOKEN,
  ])('principal %j is accepted', arn => {
    accepted({ trusted: TRUSTED.onlyPrincipals([arn]) });
  });
});

describe('2. somebody is trusted, and everybody only of an organization', () => {
  test('nobody', () => {
    expect(refused({ trusted: TrustedAccounts.of([]) }))
      .toEqual(['\'trusted\' must name at least one account or an organization, got: none; everybody is nobody to trust']);
    expect(refused({ trusted: TrustedAccounts.of([]).onlyPrincipals(['arn:aws:iam::*:role/*']).withExternalId('phoenix') }))
      .toEqual(['\'trusted\' must name at least one account or an organization, got: none; everybody is nobody to trust']);
  });
  test('`*` stands in no statement without the organization, and can not be written: there are accounts, which are digits, and organizations', () => {
    for (const trusted of [TrustedAccounts.ofOrganization('o-abcde12345'), TrustedAccounts.of([]).inOrganization('o-abcde12345')]) {
      const statements = statementsOf(accepted({ trusted: trusted.withSourceIdentity(['*']) }).role);
      expect(statements.map(each => [each.Sid, each.Principal, each.Condition.StringEquals['aws:PrincipalOrgID']])).toEqual(
        ['Assume', 'Tag', 'Identify'].map(sid => [sid, { AWS: '*' }, 'o-abcde12345']));
    }
    expect(statementsOf(accepted({}).role).map(each => each.Principal)).toEqual(Array(2).fill({ AWS: `arn:aws:iam::${SPOKE}:root` }));
  });
});

describe('3. the external id: 2 to 1224 characters of those that STS takes', () => {
  test.each(['', 'x', 'x'.repeat(1225), 'a b', 'ünï', 'a*', 'a;b'])('%j', id => {
    expect(refused({ trusted: TRUSTED.withExternalId(id) })).toEqual([`'externalId' must be 2 to 1224 letters, digits and _+=,.@:/-, got: '${id}'; choose another`]);
  });
  test.each(['xy', 'x'.repeat(1224), 'a_+=,.@:/-Z9', TOKEN])('%j is accepted', id => {
    accepted({ trusted: TRUSTED.withExternalId(id) });
  });
  test.each(['', 'x', 'x'.repeat(65), 'a b', 'a?'])('source identity %j', identity => {
    expect(refused({ trusted: TRUSTED.withSourceIdentity([identity]) }))
      .toEqual([`'withSourceIdentity' must be 2 to 64 letters, digits and _+=,.@-*, got: '${identity}'; choose another`]);
  });
  test('no source identity', () => {
    expect(refused({ trusted: TRUSTED.withSourceIdentity([]) })).toEqual(['\'withSourceIdentity\' must name at least one identity, got: none; write \'*\' for any']);
  });
  test.each(['*', 'xy', 'x'.repeat(64), 'maria@example.com', 'm*', TOKEN])('source identity %j is accepted', identity => {
    accepted({ trusted: TRUSTED.withSourceIdentity([identity]) });
  });
});

describe('4. sessions of 1 to 12 hours, and a word about chains of roles', () => {
  test.each<[Duration, string]>([
    [Duration.minutes(59), '59 minutes'], [Duration.seconds(3599), '59 minutes 59 seconds'], [Duration.minutes(0), '0 minutes'],
    [Duration.seconds(43_201), '12 hours 1 second'], [Duration.days(1), '1 day'], [Duration.millis(3_600_001), '1 hour'],
  ])('%s', (maxSessionDuration, got) => {
    expect(refused({ maxSessionDuration }))
      .toEqual([expect.stringMatching(new RegExp(`^'maxSessionDuration' must be 1 to 12 hours, in whole seconds, got: ${got}.*; AWS has no other sessions$`))]);
  });
  test.each([Duration.minutes(1), Duration.seconds(1), Duration.hours(1)].map(unit => [unit.unitLabel()]))('Trap: the L2 compares a token of %s with its limits', unit => {
    const maxSessionDuration = (Duration as any)[unit](Lazy.number({ produce: () => 7200 }));
    expect(refused({ maxSessionDuration })).toEqual(['\'maxSessionDuration\' must be known at synth, got: an unresolved token; write it out']);
  });
  test.each([[Duration.hours(1), 3600], [Duration.seconds(3601), 3601], [Duration.hours(1.5), 5400], [Duration.hours(12), 43_200]])('%s is accepted', (maxSessionDuration, seconds) => {
    expect(deployedProperties(accepted({ maxSessionDuration }).role).MaxSessionDuration).toBe(seconds);
  });

  const MESSAGE = '\'maxSessionDuration\' is 4 hours, and AWS ends a session that was assumed from a role after an hour; only users, and people by SAML or OIDC, have it so long';
  const USER = 'arn:aws:iam::222222222222:user/maria';
  test.each<[string, TrustedAccounts]>([
    ['an account', TRUSTED],
    ['an organization', TrustedAccounts.ofOrganization('o-abcde12345')],
    ['a role', TRUSTED.onlyPrincipals(['arn:aws:iam::222222222222:role/Team'])],
    ['a role and a user', TRUSTED.onlyPrincipals([USER, 'arn:aws:iam::222222222222:role/Team'])],
    ['whom nobody knows yet', TRUSTED.onlyPrincipals([TOKEN])],
  ])('more than an hour for %s is worth a warning', (_, trusted) => {
    const stack = Stack.of(accepted({ trusted, maxSessionDuration: Duration.hours(4) }));
    Annotations.fromStack(stack).hasWarning('/Shop/Access', Match.stringLikeRegexp(`^${MESSAGE} \\[ack: cdk-resilience:chainedSession\\]$`));
  });
  test.each<[string, TrustedAccounts, Duration | undefined]>([
    ['an hour', TRUSTED, Duration.hours(1)],
    ['nothing said', TRUSTED, undefined],
    ['a second factor, which no role has', TRUSTED.withMfa(Duration.hours(1)), Duration.hours(4)],
    ['users', TRUSTED.onlyPrincipals([USER, 'arn:aws:iam::222222222222:user/ops/*']), Duration.hours(4)],
  ])('not for %s', (_, trusted, maxSessionDuration) => {
    Annotations.fromStack(Stack.of(accepted({ trusted, maxSessionDuration }))).hasNoWarning('*', Match.anyValue());
  });

  test.each<[Duration, string]>([
    [Duration.seconds(59), '59 seconds'], [Duration.minutes(0), '0 minutes'], [Duration.millis(60_500), '1 minute'],
  ])('a second factor within %s', (within, got) => {
    expect(refused({ trusted: TRUSTED.withMfa(within) }))
      .toEqual([expect.stringMatching(new RegExp(`^'withMfa' must be a minute at least, in whole seconds, got: ${got}.*; nobody types so fast$`))]);
  });
  test('a token of a unit that can not be converted', () => {
    expect(refused({ trusted: TRUSTED.withMfa(Duration.minutes(Lazy.number({ produce: () => 5 }))) }))
      .toEqual(['\'withMfa\' must be in seconds when its value is a token, got: \'minutes\'; pass Duration.seconds(token)']);
  });
  test.each([[Duration.minutes(1), '60'], [Duration.seconds(Lazy.number({ produce: () => 300 })), '300'], [Duration.hours(1), '3600']])('within %s is accepted', (within, age) => {
    const [assume] = statementsOf(accepted({ trusted: TRUSTED.withMfa(within) }).role);
    expect(assume.Condition.NumericLessThan).toEqual({ 'aws:MultiFactorAuthAge': age });
  });
});

describe('5. keys: characters, 128 of them, no aws:, once but for case, 50 at most', () => {
  const RULE = '\'key\' of an attribute must be 1 to 128 letters, digits, spaces and _.:/=+-@, got: ';
  test.each(['', 'a'.repeat(129), 'a*', 'a?', 'a,b', '${a}', 'a\'b', 'a\t'])('%j', key => {
    expect(refused(attributes(AccessAttribute.matching(key)))).toEqual([`${RULE}'${key}'; choose another`]);
    expect(refused(attributes(AccessAttribute.oneOf(key, ['x'])))).toEqual([`${RULE}'${key}'; choose another`]);
  });
  test.each(['aws:team', 'AWS:team', 'aws:'])('%j', key => {
    expect(refused(attributes(AccessAttribute.matching(key)))).toEqual([`'key' of an attribute must not begin with 'aws:', got: '${key}'; AWS keeps those for itself`]);
  });
  test('a token', () => {
    expect(refused(attributes(AccessAttribute.matching(TOKEN)))).toEqual(['\'key\' of an attribute must be known at synth, got: an unresolved token; write it out']);
  });
  test.each(['project', 'PROJECT', 'Project'])('%j besides Project', key => {
    expect(refused(attributes(AccessAttribute.oneOf(key, ['x']))))
      .toEqual(['\'attributes\' must name each key once, without regard to case, got twice: \'project\'; AWS takes them for one']);
  });
  test('51', () => {
    expect(refused({ attributes: numbered(51) })).toEqual(['\'attributes\' must be 50 at most, got: 51; a session has no more tags']);
  });
  test('50 are no more than a session has, and more than fits into policies', () => {
    expect(refused({ attributes: numbered(50) })).toEqual([
      expect.stringMatching(/^'trusted' and 'attributes' must make a trust policy of 2048 characters at most, got: \d+; trust an organization instead of many accounts, or use fewer keys$/),
      expect.stringMatching(/^'attributes' must make a policy against tampering of 6144 characters at most, got: \d+; use fewer attributes$/),
    ]);
  });
  test.each([[[]], [[AccessAttribute.oneOf('Stage', ['dev'])]]])('none that matches', none => {
    expect(refused({ attributes: none })).toEqual([
      `'attributes' must have one that matches, got: ${none.length === 0 ? 'none' : '\'Stage\''}; add AccessAttribute.matching, or everybody reaches the same`,
    ]);
  });
  test.each(['a', 'a'.repeat(128), 'my team', 'ünï:c/o_d=e+-@.', 'awsteam'])('%j is accepted', key => {
    accepted({ attributes: [AccessAttribute.matching(key)] });
  });

  const VALUES = '\'values\' of attribute \'Stage\' must be 1 to 256 letters, digits, spaces and _.:/=+-@, got: ';
  const stage = (...values: string[]) => [AccessAttribute.oneOf('Stage', values), AccessAttribute.matching('Stage', { among: values })];
  test.each(['', 'x'.repeat(257), 'd*', '?', '${aws:PrincipalTag/Stage}', 'a,b'])('value %j', value => {
    stage('dev', value).forEach(each => expect(refused(attributes(each))).toEqual([`${VALUES}'${value}'; an empty or odd value matches by mistake`]));
  });
  test('no value, and one twice', () => {
    stage().forEach(each => expect(refused(attributes(each))).toEqual(['\'values\' of attribute \'Stage\' must name at least one, got: none; name what counts']));
    stage('dev', 'test', 'dev').forEach(each => expect(refused(attributes(each)))
      .toEqual(['\'values\' of attribute \'Stage\' must be named once each, got twice: \'dev\'; remove one']));
  });
  test.each(['x', 'x'.repeat(256), 'my stage', TOKEN])('value %j is accepted', value => {
    stage('dev', value).forEach(each => accepted(attributes(each)));
  });
});

describe('6. what would end a variable, or begin one', () => {
  test.each(['a}', '}', 'a$', '${x', 'a}:*{'])('key %j', key => {
    expect(refused(attributes(AccessAttribute.matching(key))))
      .toEqual([`'key' of an attribute must be 1 to 128 letters, digits, spaces and _.:/=+-@, got: '${key}'; choose another`]);
  });
  test('a variable reaches the template as it is', () => {
    const [read] = statementsOf(accepted({ attributes: [AccessAttribute.matching('my team')] }).permissionsPolicy);
    expect(read.Condition.StringEquals).toEqual({ 'aws:ResourceTag/my team': '${aws:PrincipalTag/my team}' });
  });
});

test('7. keys that are handed on are keys that match: only an attribute that matches can say so', () => {
  expect(AccessAttribute.oneOf.length).toBe(2); // a key and values, and no options
  const [, tag] = statementsOf(accepted(attributes(AccessAttribute.matching('Team', { transitive: true }), AccessAttribute.oneOf('Stage', ['dev']))).role);
  expect(tag.Condition['ForAllValues:StringEquals']).toEqual({ 'aws:TagKeys': ['Project', 'Team'], 'sts:TransitiveTagKeys': ['Team'] });
});

describe('8. actions: only those that honour tags, and lists by themselves', () => {
  const LEVELS = ['read', 'write', 'create', 'list'] as const;
  const bucket = () => new Bucket(shopStack(), 'Bucket');
  const OFFERED: [string, AbacPermission, (typeof LEVELS)[number][]][] = [
    ['dynamodb', AbacPermission.dynamodb(), ['read', 'write', 'create', 'list']],
    ['secrets', AbacPermission.secrets(), ['read', 'write', 'create', 'list']],
    ['parameters', AbacPermission.parameters(), ['read', 'list']],
    ['keys', AbacPermission.keys(), ['read', 'write', 'list']],
    ['queues', AbacPermission.queues(), ['read', 'write', 'create', 'list']],
    ['topics', AbacPermission.topics(), ['read', 'write', 'create', 'list']],
    ['functions', AbacPermission.functions(), ['read', 'write', 'list']],
    ['instances', AbacPermission.instances(), ['write', 'list']],
    ['s3Buckets', AbacPermission.s3Buckets(bucket()), ['read', 'write', 'list']],
    ['s3Objects', AbacPermission.s3Objects(bucket()), ['read', 'write', 'list']],
  ];
  test.each(OFFERED)('%s: what is not offered is refused', (name, permission, offered) => {
    const calls = offered.map(level => `.${level}()`);
    expect(refused({ permissions: [permission] })).toEqual([`'permissions' must say what is allowed of ${name}, got: nothing; add ${calls.join(' or ')}`]);
    for (const level of LEVELS.filter(each => !offered.includes(each))) {
      expect(refused({ permissions: [permission[level]()] })).toEqual([
        `'permissions' must ask of ${name} what its tags decide, got: '${level}'; ${calls.join(' and ')} can be had`,
      ]);
    }
  });
  test('no program can name an action: a service is a method, and none takes text', () => {
    const services = Object.getOwnPropertyNames(AbacPermission).filter(each => typeof (AbacPermission as any)[each] === 'function' && each !== 'ofService');
    expect(services.sort()).toEqual(OFFERED.map(([name]) => name).sort());
    expect(LEVELS.map(level => AbacPermission.dynamodb()[level].length)).toEqual([0, 0, 0, 0]);
  });
  test.each(OFFERED)('%s: no wildcard in an action, and names by themselves', (name, permission, offered) => {
    const stack = shopStack();
    const own = new Bucket(stack, 'Bucket');
    const fresh = name === 's3Buckets' ? AbacPermission.s3Buckets(own) : name === 's3Objects' ? AbacPermission.s3Objects(own) : permission;
    const access = accessIn(stack, { permissions: [offered.reduce((all, level) => all[level](), fresh)] });
    const statements = statementsOf(access.permissionsPolicy);
    expect(statements.flatMap(each => each.Action).filter((action: string) => action.includes('*'))).toEqual([]);
    expect(statements.filter(each => !each.Condition).map(each => each.Resource)).toEqual(name.startsWith('s3') ? [] : ['*']);
  });
  test('a service twice', () => {
    expect(refused({ permissions: [AbacPermission.dynamodb().read(), AbacPermission.keys().read(), AbacPermission.dynamodb().write()] }))
      .toEqual(['\'permissions\' must name each service once, got twice: \'dynamodb\'; join them, as in .read().write()']);
  });
  test('no bucket', () => {
    expect(refused({ permissions: [AbacPermission.s3Buckets().read()] })).toEqual(['\'s3Buckets\' must name at least one bucket, got: none; pass the buckets, or leave it out']);
  });
  test('more tags than an object can have', () => {
    const stack = shopStack();
    const objects = AbacPermission.s3Objects(new Bucket(stack, 'Bucket'));
    expect(findingsOf(() => accessIn(stack, { attributes: numbered(11), permissions: [objects.write()] })))
      .toEqual(['\'attributes\' must be 10 at most for objects that are written, got: 11; an object has no more tags']);
    // Ten are too many for the other policies alone.
    expect(findingsOf(() => accessIn(stack, { attributes: numbered(10), permissions: [objects.write()] }, 'Ten')).join()).not.toContain('for objects');
    expect(findingsOf(() => accessIn(stack, { attributes: numbered(11), permissions: [objects.read()] }, 'Reads')).join()).not.toContain('for objects');
  });
});

test('9. each policy is of the version that knows variables', () => {
  const { role, permissionsPolicy, tamperProofingPolicy } = accepted({});
  expect(deployedProperties(role).AssumeRolePolicyDocument.Version).toBe('2012-10-17');
  for (const policy of [permissionsPolicy, tamperProofingPolicy]) {
    expect(deployedProperties(policy).PolicyDocument.Version).toBe('2012-10-17');
  }
});

const inGovCloud = (document: unknown) => JSON.stringify(document).replaceAll('arn:aws:', 'arn:aws-us-gov:').length;

describe('10. sizes, counted in what CloudFormation will write, with the longest name that a partition has', () => {
  const trustSize = (trusted: TrustedAccounts) => inGovCloud(deployedProperties(accepted({ trusted }).role).AssumeRolePolicyDocument);

  test('a trust policy of 2,048 characters is accepted, one of 2,049 is not', () => {
    const withId = (length: number) => TRUSTED.withSourceIdentity(['maria']).withExternalId('x'.repeat(length));
    const length = 2 + 2048 - trustSize(withId(2));
    expect(trustSize(withId(length))).toBe(2048);
    expect(refused({ trusted: withId(length + 1) })).toEqual([
      '\'trusted\' and \'attributes\' must make a trust policy of 2048 characters at most, got: 2049; trust an organization instead of many accounts, or use fewer keys',
    ]);
  });
  test('so many accounts fit, and one more does not', () => {
    const accounts = (count: number) => TrustedAccounts.of(Array.from({ length: count }, (_, index) => String(300_000_000_000 + index)));
    const another = trustSize(accounts(3)) - trustSize(accounts(2));
    const most = 2 + Math.floor((2048 - trustSize(accounts(2))) / another);
    expect(most).toBeGreaterThan(10);
    const size = trustSize(accounts(most));
    expect(refused({ trusted: accounts(most + 1) })).toEqual([
      `'trusted' and 'attributes' must make a trust policy of 2048 characters at most, got: ${size + another}; trust an organization instead of many accounts, or use fewer keys`,
    ]);
  });
});

describe('10. the other policies: 6,144 characters', () => {
  const everything = [
    ...[AbacPermission.dynamodb(), AbacPermission.secrets(), AbacPermission.queues(), AbacPermission.topics()]
      .map(each => each.read().write().create().list()),
    ...[AbacPermission.keys(), AbacPermission.functions()].map(each => each.read().write().list()),
    AbacPermission.parameters().read().list(),
    AbacPermission.instances().write().list(),
  ];
  const keyed = (length: number): AccessAttribute[] => [AccessAttribute.matching('k'.repeat(length))];
  const size = (policy: ManagedPolicy) => inGovCloud(deployedProperties(policy).PolicyDocument);

  test('permissions', () => {
    const sizeAt = (length: number) => size(accepted({ attributes: keyed(length), permissions: everything }).permissionsPolicy);
    const each = sizeAt(2) - sizeAt(1);
    const longest = 1 + Math.floor((6144 - sizeAt(1)) / each);
    const most = sizeAt(longest);
    expect(refused({ attributes: keyed(longest + 1), permissions: everything })).toEqual([
      `'permissions' must make a policy of 6144 characters at most, got: ${most + each}; use two roles`,
    ]);
    // Whoever does not say where it is deployed pays for the longest name of a Region, and for nothing else.
    const anywhere = accessIn(shopStack({}), { attributes: keyed(longest - 2), permissions: everything });
    expect(size(anywhere.permissionsPolicy)).toBeLessThanOrEqual(6144);
  });
  test.each<[string, (keys: AccessAttribute[]) => AbacCrossAccountRole | AbacPolicy]>([
    ['AbacCrossAccountRole', keys => accessIn(shopStack(), { roleName: 'r'.repeat(64), attributes: keys, trusted: TrustedAccounts.ofOrganization('o-abcde12345') })],
    ['AbacPolicy', keys => new AbacPolicy(shopStack(), 'Policy', { attributes: keys, permissions: [AbacPermission.dynamodb().read()] })],
  ])('against tampering, of %s', (_, build) => {
    const four = (length: number) => [...numbered(3), ...keyed(length)];
    const sizeAt = (length: number) => size(build(four(length)).tamperProofingPolicy);
    const each = sizeAt(2) - sizeAt(1);
    const longest = 1 + Math.floor((6144 - sizeAt(1)) / each);
    const most = sizeAt(longest);
    expect(most).toBeLessThanOrEqual(6144);
    expect(findingsOf(() => build(four(longest + 1)))).toEqual([
      `'attributes' must make a policy against tampering of 6144 characters at most, got: ${most + each}; use fewer attributes`,
    ]);
  });
});

describe('11. S3 looks at tags of buckets only when told to', () => {
  test('a bucket of the app is told', () => {
    const stack = shopStack();
    const bucket = new Bucket(stack, 'Bucket');
    accessIn(stack, { permissions: [AbacPermission.s3Buckets(bucket).read()] });
    expect(deployedProperties(bucket).AbacStatus).toBe('Enabled');
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
  test('an imported one is warned of', () => {
    const stack = shopStack();
    accessIn(stack, { permissions: [AbacPermission.s3Buckets(Bucket.fromBucketName(stack, 'Theirs', 'theirs')).read()] });
    Annotations.fromStack(stack).hasWarning('/Shop/Access', Match.stringLikeRegexp(
      '^ABAC of the imported bucket \'Shop/Theirs\' can not be switched on here: run `aws s3api put-bucket-abac --bucket NAME --abac-status Status=Enabled`, '
      + 'or nobody reaches it by its tags \\[ack: cdk-resilience:bucketAbac-[0-9a-f]{8}\\]$'));
  });
});

describe('12. unused access: 1 to 365 days', () => {
  const audit = (unusedAccessAge?: Duration) => {
    const stack = shopStack();
    return new AbacAudit(stack, 'Audit', { access: accessIn(stack), unusedAccessAge });
  };
  test.each<[Duration, number]>([[Duration.days(0), 0], [Duration.days(366), 366], [Duration.hours(36), 1.5], [Duration.hours(1), 1 / 24]])('%s', (age, got) => {
    expect(errorOf(() => audit(age))).toBe(`AbacAudit 'Shop/Audit' can not be built:\n  - 'unusedAccessAge' must be 1 to 365 whole days, got: ${got}; AWS looks back no further`);
  });
  test('a token of a unit that can not be converted', () => {
    expect(findingsOf(() => audit(Duration.hours(Lazy.number({ produce: () => 48 })))))
      .toEqual(['\'unusedAccessAge\' must be in days when its value is a token, got: \'hours\'; pass Duration.days(token)']);
  });
  test.each<[Duration | undefined, number]>([
    [undefined, 90], [Duration.days(1), 1], [Duration.days(365), 365], [Duration.hours(48), 2],
    [Duration.days(Lazy.number({ produce: () => 30 })), 30],
  ])('%s is accepted', (age, days) => {
    expect(deployedProperties(audit(age).unusedAccess).AnalyzerConfiguration).toEqual({ UnusedAccessConfiguration: { UnusedAccessAge: days } });
  });
});

describe('besides the list', () => {
  test.each(['', 'a'.repeat(65), 'a b', 'a/b', 'ü'])('role name %j', roleName => {
    expect(refused({ roleName })).toEqual([`'roleName' must be 1 to 64 letters, digits and _+=,.@-, got: '${roleName}'; choose another`]);
  });
  test('a role name that is a token', () => {
    expect(refused({ roleName: TOKEN }))
      .toEqual(['\'roleName\' must be known at synth, got: an unresolved token; write it out, since spoke accounts know the role by it']);
  });
  test.each(['a', 'a'.repeat(64), 'a_+=,.@-9'])('role name %j is accepted', roleName => {
    expect(deployedProperties(accepted({ roleName }).role).RoleName).toBe(roleName);
  });

  test('AbacPolicy refuses the same of attributes and permissions', () => {
    expect(errorOf(() => new AbacPolicy(shopStack(), 'Policy', { attributes: [AccessAttribute.matching('a$')], permissions: [] }))).toBe([
      'AbacPolicy \'Shop/Policy\' can not be built:',
      '  - \'key\' of an attribute must be 1 to 128 letters, digits, spaces and _.:/=+-@, got: \'a$\'; choose another',
      '  - \'permissions\' must allow something, got: none; add one such as AbacPermission.dynamodb().read()',
    ].join('\n'));
  });
});
