import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { npmrc } from '../../publishing/registry/apps';
import { firstDifference, templatesIn } from '../../publishing/registry/templates';
import { packagesNeeded } from '../../publishing/registry/third-party';

const REGISTRY = resolve(__dirname, '../../publishing/registry');
let folder: string;

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'registry-test-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('what an app needs of others', () => {
  const LOCK = {
    'node_modules/lib': { version: '2.0.0', dependencies: { schema: '^1', bundled: '1' }, peerDependencies: { constructs: '^10' } },
    'node_modules/lib/node_modules/bundled': { version: '1.0.0', inBundle: true },
    'node_modules/lib/node_modules/schema': { version: '1.5.0' },
    'node_modules/schema': { version: '9.0.0' },
    'node_modules/constructs': { version: '10.5.1', dependencies: { lib: '*' } },
  };

  test('each once, the one that is found first from where it is needed, without what is bundled', () => {
    expect(packagesNeeded(['lib', 'constructs'], LOCK).map(each => `${each.name}@${each.version} in ${each.folder}`)).toEqual([
      'lib@2.0.0 in node_modules/lib',
      'schema@1.5.0 in node_modules/lib/node_modules/schema',
      'constructs@10.5.1 in node_modules/constructs',
    ]);
  });

  test('one that is not installed', () => {
    expect(() => packagesNeeded(['gone'], LOCK)).toThrow("'gone' is not installed: run `npm ci`");
  });
});

test('templates are compared without what tells versions, and the first difference is told', () => {
  writeFileSync(join(folder, 'Shop.template.json'), JSON.stringify({
    Resources: { CDKMetadata: { Type: 'AWS::CDK::Metadata' }, Queue: { Type: 'AWS::SQS::Queue' } }, Conditions: { CDKMetadataAvailable: {} },
  }));
  writeFileSync(join(folder, 'manifest.json'), '{}');
  const templates = templatesIn(folder);
  expect(templates).toEqual({ 'Shop.template.json': { Resources: { Queue: { Type: 'AWS::SQS::Queue' } }, Conditions: {} } });
  expect(firstDifference(templates, templatesIn(folder))).toBeUndefined();
  expect(firstDifference({ a: [1, { b: 'x' }] }, { a: [1, { b: 'y' }] })).toBe('/a/1/b: "x" and "y"');
  expect(firstDifference({ a: 1 }, {})).toBe('/a: 1 and undefined');
  expect(firstDifference({ a: null }, { a: {} })).toBe('/a: null and {}');
});

test('npm finds the scope and the token', () => {
  expect(npmrc('http://127.0.0.1:4873/', '@acme')).toBe('@acme:registry=http://127.0.0.1:4873/\nregistry=http://127.0.0.1:4873/\n//127.0.0.1:4873/:_authToken=${NPM_TOKEN}\n');
});

describe('the guard', () => {
  const run = async (program: string) => promisify(execFile)(process.execPath, ['--require', join(REGISTRY, 'offline-guard.js'), '-e', program], {
    env: { OFFLINE_GUARD_LOG: join(folder, 'log') },
  }).then(({ stdout }) => stdout, error => String(error));

  test.each([
    ['a port and a host', "net.connect(80, '192.0.2.1')", '192.0.2.1:80'],
    ['options', "net.connect({ port: 80, host: '192.0.2.1' })", '192.0.2.1:80'],
    ['a socket', "new net.Socket().connect(80, '192.0.2.1')", '192.0.2.1:80'],
    ['TLS', "require('node:tls').connect(443, 'registry.invalid')", 'registry.invalid:443'],
    ['HTTP', "require('node:http').get('http://registry.invalid')", 'registry.invalid:80'],
    ['fetch', "fetch('https://registry.invalid')", 'registry.invalid:443'],
    ['a name that only begins like loopback', "net.connect(80, '127.0.0.1.invalid')", '127.0.0.1.invalid:80'],
    ['a datagram', "require('node:dgram').createSocket('udp4').send('x', 53, '192.0.2.1')", '192.0.2.1:53'],
  ])('refuses %s, and writes it down', async (_, program, target) => {
    expect(await run(program)).toContain(`a connection to ${target} was refused`);
    expect(readFileSync(join(folder, 'log'), 'utf8')).toMatch(new RegExp(`^${target} by `));
  });

  test('lets pass what stays on this machine', async () => {
    expect(await run(`
      const server = require('node:http').createServer((_, answer) => answer.end('here')).listen(0, '127.0.0.1', async () => {
        console.log(await (await fetch('http://127.0.0.1:' + server.address().port)).text());
        server.close();
      });
    `)).toBe('here\n');
  });
});
