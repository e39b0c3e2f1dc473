import { FlowLogTrafficType } from 'aws-cdk-lib/aws-ec2';
import { Duration, Lazy, Size } from 'aws-cdk-lib/core';
import { FlowLogField } from '../../../src/flow-logs-to-athena/format/flow-log-field';
import { FlowLogFormat } from '../../../src/flow-logs-to-athena/format/flow-log-format';
import type { NamedQueryOptions } from '../../../src/flow-logs-to-athena/queries/named-query';
import { NamedQuery } from '../../../src/flow-logs-to-athena/queries/named-query';
import { QueryValue } from '../../../src/flow-logs-to-athena/queries/query-value';
import { QueryWindow } from '../../../src/flow-logs-to-athena/queries/query-window';
import { errorOf } from '../../support/app';
import { LAYOUTS, queryableTable } from '../../support/flow-logs/tables';

const window = QueryWindow.days('2026/01/01', '2026/01/01');
const RIGHT: NamedQueryOptions = { name: 'mine', description: 'What I ask.', sql: 'SELECT {srcaddr} FROM {table} WHERE {window}', window };

function own(options: Partial<NamedQueryOptions> = {}): NamedQuery {
  return NamedQuery.of({ ...RIGHT, ...options });
}

/** What is wrong, each finding by itself. */
function refused(build: () => unknown): string[] {
  return errorOf(build).split('\n').slice(1).map(line => line.replace(/^ {2}- /, ''));
}

function rendered(sql: string, parameters?: Record<string, QueryValue>): string {
  return own({ sql: `${sql} FROM {table} WHERE {window}`, parameters })._render(queryableTable()).replace(/ FROM "network"[\s\S]*/, '');
}

describe('a query of the team', () => {
  test('is rendered for its table', () => {
    const query = own({
      sql: 'SELECT a.{srcaddr}, {end}, {day} FROM {table} a WHERE {window} AND {dstport} IN ({ports}) AND {action} = {action_is}',
      parameters: { ports: QueryValue.numbers([22, 23]), action_is: QueryValue.text('REJECT') },
    });
    expect(query._render(queryableTable())).toBe(
      'SELECT a."srcaddr", "end", "day" FROM "network"."flow_logs" a WHERE day BETWEEN \'2026/01/01\' AND \'2026/01/01\' AND "dstport" IN (22, 23) AND "action" = \'REJECT\'',
    );
  });

  test('reads the last day when nobody says otherwise', () => {
    const { window: _, ...options } = RIGHT;
    expect(NamedQuery.of(options)._render(queryableTable())).toBe(own({ window: QueryWindow.last(Duration.days(1)) })._render(queryableTable()));
  });

  test('leaves braces in strings and comments alone', () => {
    const sql = 'SELECT regexp_like({srcaddr}, \'^[0-9]{1,3}\') AS "a{b}" -- {c}\n/* {d} */';
    expect(rendered(sql)).toBe('SELECT regexp_like("srcaddr", \'^[0-9]{1,3}\') AS "a{b}" -- {c}\n/* {d} */');
  });

  test('may begin with WITH, a comment, or in brackets, and may choose its days itself', () => {
    expect(own({ sql: 'WITH a AS (SELECT 1 FROM {table} WHERE {window}) SELECT * FROM a' }).name).toBe('mine');
    expect(own({ sql: '-- mine\n/* all mine */ SELECT 1 FROM {table} WHERE {day} = \'2026/01/01\'' }).name).toBe('mine');
    expect(own({ sql: '(SELECT 1 FROM {table} WHERE {year} = \'2026\')' }).name).toBe('mine');
  });

  test('fails with everything that is wrong, at once', () => {
    expect(errorOf(() => own({ name: '', description: ' ', sql: 'DROP TABLE x', window: window.forAccounts([]) }))).toBe([
      'NamedQuery \'\' can not be built:',
      '  - \'name\' must have 1 to 128 characters, got: none; name it after what it finds',
      '  - \'description\' must say what the query finds, got: nothing; write it for whoever is on call',
      '  - \'sql\' must begin with SELECT or WITH, got: \'DROP\'; a query only reads',
      '  - \'sql\' must read {table}, got: no such name; write FROM {table}',
      '  - \'sql\' must say which days it reads, got: none; write WHERE {window}, or all that was ever logged is read and paid for',
      '  - \'forAccounts\' of \'window\' must name one account at least, got: none; name whose logs are read',
    ].join('\n'));
  });

  const from = 'FROM {table} WHERE {window}';
  test.each<[string, Partial<NamedQueryOptions>, string]>([
    ['a long name', { name: 'n'.repeat(129) }, '\'name\' must have 1 to 128 characters, got: 129; name it after what it finds'],
    ['a long description', { description: 'd'.repeat(1000), caveats: ['c'.repeat(24)] },
      '\'description\' and \'caveats\' must have 1024 characters together at most, got: 1025; Athena keeps no more, shorten them'],
    ['a token', { sql: Lazy.string({ produce: () => '' }) },
      '\'sql\' must be known at synth, got: an unresolved token; pass what is not as a parameter: QueryValue.text(token)'],
    ['much SQL', { sql: `SELECT 1 ${from} -- ${'x'.repeat(262_144)}` }, '\'sql\' must have 262144 bytes at most, got: 262184; Athena takes no more'],
    ['a second statement', { sql: `SELECT 1 ${from}; SELECT 2` }, '\'sql\' must have no semicolon, got: \';\'; write one statement, and nothing behind it'],
    ['a quote that is left open', { sql: `SELECT 1 ${from} AND 'x` }, '\'sql\' must have no quote that is left open, got: \'; close it, and double it inside of text'],
    ['a name that is left open', { sql: `SELECT 1 ${from} AND "x` }, '\'sql\' must have no quote that is left open, got: "; close it'],
    ['backticks', { sql: `SELECT \`x\` ${from}` }, '\'sql\' must have no backticks, got: `; Athena quotes names with " in a SELECT'],
    ['a brace without a name', { sql: `SELECT {1 ${from}` }, '\'sql\' must have no brace without a name in it, got: {; a name begins with a letter and has letters, digits and _'],
    ['a brace that closes nothing', { sql: `SELECT 1} ${from}` }, '\'sql\' must have no brace without a name in it, got: }; a name begins with a letter and has letters, digits and _'],
    ['a column END without quotes', { sql: `SELECT CASE WHEN 1 = 1 THEN 2 END, max(end) ${from}` }, '\'sql\' must have no END without its CASE, got: END; the column is {end}'],
    ['a name that nobody knows', { sql: `SELECT {start_time}, {constructor} ${from}` },
      '\'sql\' must have a field, a partition key or a parameter for each name in braces, got: \'start_time\', \'constructor\'; correct it, or add it to \'parameters\''],
    ['a parameter in quotes', { sql: `SELECT '{host}' ${from}`, parameters: { host: QueryValue.text('a') } },
      '\'sql\' must have parameters outside of quotes and comments, got inside: \'host\'; QueryValue.text writes the quotes'],
    ['a parameter that is not used', { parameters: { host: QueryValue.text('a') } }, '\'parameters\' must be used, got unused: \'host\'; write {host} in \'sql\', or remove it'],
    ['a parameter that is named as a field', { sql: `SELECT {srcaddr} ${from}`, parameters: { srcaddr: QueryValue.text('a') } },
      '\'parameters\' must not be named as a field, a partition key, \'table\' or \'window\', got: \'srcaddr\'; rename it'],
    ['a parameter that is named as the window', { parameters: { window: QueryValue.text('a') } },
      '\'parameters\' must not be named as a field, a partition key, \'table\' or \'window\', got: \'window\'; rename it'],
    ['no value', { sql: `SELECT 1 ${from} AND 1 IN ({ports})`, parameters: { ports: QueryValue.numbers([]) } },
      '\'ports\' of \'parameters\' must hold at least one value, got: none; IN () is no SQL'],
    ['no number', { sql: `SELECT {n} ${from}`, parameters: { n: QueryValue.number(NaN) } },
      '\'n\' of \'parameters\' must be a number that SQL can say without an exponent, got: NaN; pass another one'],
    ['a number too large', { sql: `SELECT {n} ${from}`, parameters: { n: QueryValue.number(2 ** 53) } },
      '\'n\' of \'parameters\' must be a number that SQL can say without an exponent, got: 9007199254740992; pass another one'],
    ['a number too small', { sql: `SELECT {n} ${from}`, parameters: { n: QueryValue.number(1e-9) } },
      '\'n\' of \'parameters\' must be a number that SQL can say without an exponent, got: 1e-9; pass another one'],
    ['two lines', { sql: `SELECT {t} ${from}`, parameters: { t: QueryValue.texts(['a', 'b\nc']) } },
      '\'t\' of \'parameters\' must hold no line break and no control character, got: "b\\nc"; remove it'],
  ])('fails with %s', (_, options, message) => {
    expect(refused(() => own(options))).toEqual([message]);
  });

  test('a parameter has a name of letters, digits and _', () => {
    expect(refused(() => own({ parameters: { 'a-b': QueryValue.text('x') } }))).toEqual([
      '\'parameters\' must be used, got unused: \'a-b\'; write {a-b} in \'sql\', or remove it',
      '\'parameters\' must have names of letters, digits and _ that begin with a letter, got: \'a-b\'; rename it',
    ]);
  });

  test('takes what is just allowed', () => {
    expect(own({ name: 'n'.repeat(128), description: 'd'.repeat(1000), caveats: ['c'.repeat(23)] })._fullDescription).toHaveLength(1024);
    expect(own({ sql: `SELECT CASE WHEN 1 = 1 THEN CASE WHEN 1 = 2 THEN 3 END END, 'a;b', "c;d" ${from} -- done; really` }).name).toBe('mine');
  });
});

describe('values', () => {
  test.each<[string, QueryValue, string]>([
    ['a number', QueryValue.number(22), '22'],
    ['a negative one', QueryValue.number(-0.5), '-0.5'],
    ['the largest', QueryValue.number(Number.MAX_SAFE_INTEGER), '9007199254740991'],
    ['numbers', QueryValue.numbers([1, 2]), '1, 2'],
    ['text', QueryValue.text('it\'s; -- {x} "y"'), '\'it\'\'s; -- {x} "y"\''],
    ['a replacement pattern', QueryValue.text('$& $1'), '\'$& $1\''],
    ['texts', QueryValue.texts(['a', '']), '\'a\', \'\''],
  ])('%s', (_, value, sql) => {
    expect(rendered('SELECT {x}', { x: value })).toBe(`SELECT ${sql}`);
  });

  test('tokens are written as they are', () => {
    const account = Lazy.string({ produce: () => '111111111111' });
    const port = Lazy.number({ produce: () => 22 });
    expect(rendered('SELECT {a}, {b}', { a: QueryValue.text(account), b: QueryValue.number(port) })).toMatch(new RegExp(`^SELECT '${account.replace(/[${}[\].]/g, '\\$&')}', \\$\\{Token\\[`));
  });
});

describe('what a table lacks', () => {
  const missing = (query: NamedQuery, props = {}) => query._missing(queryableTable(props));
  const small = { columns: ['srcaddr', 'start'] };

  test('nothing, when all is logged', () => {
    expect(missing(own())).toEqual([]);
  });

  test.each<[string, string, string[]]>([
    ['fields in braces', '{srcaddr}, {tcp_flags}, {pkt_dstaddr}', ['field \'tcp-flags\'', 'field \'pkt-dstaddr\'']],
    ['the second tag of a kind', '{instance_tag_2}', ['field \'instance-tag-2\'']],
    ['fields of a transit gateway', '{tgw_id}', ['field \'tgw-id\'']],
    ['bare words', 'count(Bytes), t.packets', ['field \'bytes\'', 'field \'packets\'']],
    ['quoted words', '"dstport"', ['field \'dstport\'']],
    ['each once', '{bytes}, bytes, "bytes"', ['field \'bytes\'']],
    ['no strings, comments, aliases', '\'bytes\' AS packets, max(packets) /* action */', []],
    ['no words that are no fields', 'CASE WHEN true THEN hour(now()) END', []],
    ['partition keys of other layouts', '{month}, {day}', ['partition key \'month\'']],
  ])('%s', (_, select, lacks) => {
    expect(missing(own({ sql: `SELECT ${select} FROM {table} WHERE {window}` }), small)).toEqual(lacks);
  });

  test('partition keys are those of the layout', () => {
    const query = own({ sql: 'SELECT {hour}, {month} FROM {table} WHERE {window}' });
    expect(Object.values(LAYOUTS).map(partitions => missing(query, { partitions }))).toEqual([
      ['partition key \'hour\'', 'partition key \'month\''], ['partition key \'month\''], ['partition key \'hour\''], [],
    ]);
  });

  test.each<[FlowLogTrafficType | undefined, FlowLogTrafficType | undefined, string[]]>([
    [FlowLogTrafficType.REJECT, FlowLogTrafficType.ALL, []],
    [FlowLogTrafficType.REJECT, FlowLogTrafficType.REJECT, []],
    [FlowLogTrafficType.REJECT, FlowLogTrafficType.ACCEPT, ['rejected traffic']],
    [FlowLogTrafficType.ACCEPT, FlowLogTrafficType.REJECT, ['accepted traffic']],
    [FlowLogTrafficType.ALL, FlowLogTrafficType.REJECT, ['accepted and rejected traffic']],
    [FlowLogTrafficType.ALL, FlowLogTrafficType.ALL, []],
    [undefined, FlowLogTrafficType.REJECT, []],
    [FlowLogTrafficType.REJECT, undefined, []],
  ])('a query of %s, a log of %s', (needed, traffic, lacks) => {
    expect(missing(own({ traffic: needed }), { traffic })).toEqual(lacks);
  });

  test('accounts, where each query must name them', () => {
    expect(missing(own(), { accountsInjected: true })).toEqual(['accounts in its window (QueryWindow.forAccounts)']);
    expect(missing(own({ window: window.forAccounts(['111111111111']) }), { accountsInjected: true })).toEqual([]);
  });
});

describe('the pack', () => {
  const pack = NamedQuery.pack();
  const possible = (props: object) => pack.filter(query => query._missing(queryableTable(props)).length === 0).map(query => query.name);

  test('is possible where FlowLogFormat.security() is logged', () => {
    expect(possible({ traffic: FlowLogTrafficType.ALL })).toEqual(pack.map(query => query.name));
  });

  test('is possible in part where less is logged', () => {
    expect(possible({ columns: FlowLogFormat.default().columns })).toEqual([
      'rejected-ssh-rdp', 'top-talkers', 'one-way-flows', 'rejected-icmp', 'unexpected-protocols', 'data-quality',
    ]);
    expect(possible({ columns: FlowLogFormat.default().with(FlowLogField.TCP_FLAGS, FlowLogField.FLOW_DIRECTION).columns })).toEqual([
      'rejected-ssh-rdp', 'port-scan', 'host-sweep', 'brute-force', 'top-talkers', 'one-way-flows', 'rejected-internal', 'rejected-icmp', 'ports-in-use',
      'unexpected-protocols', 'data-quality',
    ]);
    expect(possible({ columns: FlowLogFormat.transitGateway().columns })).toEqual(['data-quality']);
    expect(possible({ traffic: FlowLogTrafficType.REJECT })).toEqual([
      'rejected-ssh-rdp', 'port-scan', 'host-sweep', 'brute-force', 'rejected-internal', 'rejected-icmp', 'unexpected-protocols', 'data-quality',
    ]);
    expect(possible({ traffic: FlowLogTrafficType.ACCEPT })).toEqual([
      'brute-force', 'exfiltration', 'top-talkers', 'one-way-flows', 'ports-in-use', 'unexpected-protocols', 'cross-zone-bytes', 'nat-cost', 'data-quality',
    ]);
  });

  test.each(pack.map(query => [query.name, query] as const))('%s keeps the rules for queries of the team', (_, query) => {
    const names = [...query.sql.matchAll(/\{(\w+)\}/g)].map(match => match[1]);
    const parameters = names.filter(name => ['ports', 'threshold', 'minimumBytes', 'minimumPackets', 'expected', 'limit'].includes(name));
    const copy = NamedQuery.of({ ...query, parameters: Object.fromEntries(parameters.map(name => [name, QueryValue.number(1)])) });
    expect(copy._fullDescription).toBe(query._fullDescription);
    expect(query.caveats.length).toBeGreaterThan(0);
    expect([query.description, ...query.caveats].filter(text => !text.endsWith('.'))).toEqual([]);
  });

  test('has the window and the limit that are stated', () => {
    const sql = NamedQuery.portScan({ window, limit: 7 })._render(queryableTable());
    expect(sql).toContain('WHERE day BETWEEN \'2026/01/01\' AND \'2026/01/01\' AND');
    expect(sql).toMatch(/LIMIT 7$/);
    expect(NamedQuery.portScan()._render(queryableTable())).toMatch(/LIMIT 100$/);
    expect(NamedQuery.portsInUse()._render(queryableTable())).toMatch(/LIMIT 10000$/);
    expect(NamedQuery.portsInUse({ limit: 5 })._render(queryableTable())).toMatch(/LIMIT 5$/);
    expect(NamedQuery.pack({ window, limit: 9 }).map(query => /LIMIT 9$/.test(query._render(queryableTable())))).not.toContain(false);
  });

  const count = (prop: string, got: unknown) => `'${prop}' must be a whole number, 1 at least, got: ${got}; leave it out for the default`;
  test.each<[string, () => NamedQuery, string[]]>([
    ['limit', () => NamedQuery.dataQuality({ limit: 0 }), [count('limit', 0)]],
    ['threshold', () => NamedQuery.portScan({ threshold: 1.5 }), [count('threshold', 1.5)]],
    ['threshold of hosts', () => NamedQuery.hostSweep({ threshold: -1 }), [count('threshold', -1)]],
    ['ports', () => NamedQuery.rejectedSshRdp({ ports: [22, 65_536, -1] }), ['\'ports\' must be whole numbers from 0 to 65535, got: 65536, -1; correct them']],
    ['no ports', () => NamedQuery.bruteForce({ ports: [], threshold: 0 }), [
      '\'ports\' must hold at least one number, got: none; leave it out for the default', count('threshold', 0),
    ]],
    ['protocols', () => NamedQuery.unexpectedProtocols({ expected: [256] }), ['\'expected\' must be whole numbers from 0 to 255, got: 256; correct them']],
    ['no protocols', () => NamedQuery.unexpectedProtocols({ expected: [] }), ['\'expected\' must hold at least one number, got: none; leave it out for the default']],
    ['packets', () => NamedQuery.oneWayFlows({ minimumPackets: 0 }), [count('minimumPackets', 0)]],
    ['size', () => NamedQuery.exfiltration({ minimumSize: Size.bytes(0) }), ['\'minimumSize\' must be a whole number of bytes that is known at synth, got: 0; pass Size.gibibytes(1)']],
    ['a size that is a token', () => NamedQuery.exfiltration({ minimumSize: Size.gibibytes(Lazy.number({ produce: () => 1 })) }), [
      '\'minimumSize\' must be a whole number of bytes that is known at synth, got: an unresolved token; pass Size.gibibytes(1)',
    ]],
    ['window', () => NamedQuery.topTalkers({ window: QueryWindow.last(Duration.seconds(1)), limit: 0 }), [
      count('limit', 0), '\'window\' must be whole minutes, one at least and 3660 days at most, got: 1 second; pass QueryWindow.last(Duration.days(1))',
    ]],
  ])('fails with a wrong %s', (_, build, messages) => {
    expect(refused(build)).toEqual(messages);
  });

  test('an error has the name of the query', () => {
    expect(errorOf(() => NamedQuery.portScan({ threshold: 0 }))).toMatch(/^NamedQuery 'port-scan' can not be built:\n/);
  });
});
