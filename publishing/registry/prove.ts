/**
 * Proves that the library can be published to the registry of a company and used from there: own name and renamed, by an app
 * and through a package with the company's defaults, offline. Everything is in one folder that goes with this process.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConsumerApp, npmrc, npmrcToken, synthesizeInRepository } from './apps';
import { Offline, showThatTheGuardWorks } from './offline';
import { firstDifference } from './templates';
import { packagesNeeded, storeThirdParty } from './third-party';
import type { Lock } from './third-party';
import { installVerdaccio, LocalRegistry } from './verdaccio';
import { publishWrapper, WRAPPER, WRAPPER_NAME } from './wrapper';
import { freePort } from '../../integ/emulator/emulator';
import { findPython } from '../../integ/emulator/python-environment';
import { filesBelow } from '../../scripts/packed-files';
import type { Built } from '../package-build';
import { AUTHOR, buildPackage, bundleHandlers, OLD_NAME, REPOSITORY } from '../package-build';
import { findOldName } from '../rename/replace';
import { SupervisedFolder } from '../supervised-folder';

/** A name that holds nothing of the library's own. */
const NEW_NAME = '@acme/resilient-patterns';
const SCOPE = '@acme';
/** Nobody published it, and everybody knows it. */
const UNKNOWN = 'left-pad';
const TOOLS = ['typescript', '@types/node'];
const PEERS = ['aws-cdk-lib', 'constructs'];

const started = Date.now();

function say(line: string): void {
  console.log(`${((Date.now() - started) / 1000).toFixed(0).padStart(4)} s  ${line}`);
}

/** What all steps need. */
interface Stage {
  readonly python: string;
  readonly folder: string;
  readonly offline: Offline;
  readonly registry: LocalRegistry;
  readonly token: string;
}

async function main(): Promise<void> {
  const python = findPython().program;
  const work = await SupervisedFolder.make(python);
  const folder = work.path;
  for (const name of ['guard', 'registry', 'home', 'tarballs']) {
    mkdirSync(join(folder, name));
  }
  await showThatTheGuardWorks(python, join(folder, 'guard'));
  say('ok   the guard refuses every connection that leaves this machine, and writes it down');

  const { packages } = JSON.parse(readFileSync(join(REPOSITORY, 'package-lock.json'), 'utf8')) as { packages: Lock };
  const thirdParty = packagesNeeded([...PEERS, ...TOOLS], packages);
  const [verdaccio] = await Promise.all([
    installVerdaccio(python, say),
    storeThirdParty(thirdParty, REPOSITORY, LocalRegistry.storageIn(join(folder, 'registry')), join(folder, 'third-party'), python),
    bundleHandlers(python),
  ]);
  const offline = new Offline(python, folder);
  const registry = await LocalRegistry.start(verdaccio, await freePort(), join(folder, 'registry'), offline, python);
  const token = await registry.addUser('platform-team');
  writeFileSync(join(folder, 'tarballs', '.npmrc'), npmrcToken(registry.url)); // and no registry: what is published names it, or the package does
  say(`the registry runs on loopback and holds ${thirdParty.map(each => each.name).join(', ')}`);

  const stage = { python, folder, offline, registry, token };
  await nothingIsBehind(stage);
  const own = underItsOwnName(stage);
  const second = own.then(async () => buildRenamed(stage, '0.1.1')); // when there is time for it: two cores
  await Promise.all([own, second, underAnotherName(stage, second)]);
  nobodyWentOut(offline);
  say('ok   nobody tried to reach another machine');
  await registry.stop();
  await work.remove();
  say('the registry is gone, and left nothing behind');
}

function require(holds: boolean, message: string): void {
  if (!holds) {
    throw new Error(message);
  }
}

function nobodyWentOut(offline: Offline): void {
  const refused = offline.refused();
  require(refused.length === 0, `nothing may be asked of another machine, got: ${refused.join('; ')}; see who did, and turn it off (verdaccio: 'uplinks' in verdaccio.ts)`);
}

async function nothingIsBehind({ offline, registry, token }: Stage): Promise<void> {
  const nobody = await registry.statusOf(PEERS[0]);
  const [unknown, known] = [await registry.statusOf(UNKNOWN, token), await registry.statusOf(PEERS[0], token)];
  require(nobody === 401, `the registry must tell nothing without a token, got status: ${nobody}; see 'packages' in verdaccio.ts`);
  require(unknown === 404 && known === 200, `the registry must have only what was published to it, got status: ${unknown} for ${UNKNOWN}, ${known} for ${PEERS[0]}; see 'uplinks' in verdaccio.ts`);
  nobodyWentOut(offline);
  say('ok   the registry needs a token, and has nothing behind it');
}

async function underItsOwnName({ python, folder, offline, registry, token }: Stage): Promise<void> {
  const example = 'tagged-backup-plan';
  const built = await buildPackage({ python, folder: join(folder, 'own'), out: join(folder, 'tarballs') });
  await publish({ folder, offline, token }, built.tarball, '--registry', registry.url);
  say(`ok   ${built.spec}: exactly the files of its list, ${Math.round(built.unpackedSize / 1000)} kB unpacked; built, and published with --registry`);

  const app = new ConsumerApp(offline, join(folder, 'app'), token, { example, npmrc: npmrc(registry.url) });
  await app.npm('install', OLD_NAME, ...[...PEERS, ...TOOLS].map(installed));
  await app.typeCheck();
  say(`ok   a fresh app installs ${OLD_NAME} from the registry alone, and passes a strict type check`);
  const [there, here] = [await app.synthesize(), await synthesizeInRepository(offline, example, join(folder, 'here'))];
  const difference = firstDifference(there, here);
  require(difference === undefined, `the app must give the templates that it gives in the repository, got: ${difference}; see what the package lacks`);
  say(`ok   it synthesizes ${Object.keys(there).length} templates, the same as in the repository`);
  await rm(join(folder, 'app'), { recursive: true }); // while others compile: at the end it takes as long as they do
}

async function buildRenamed({ python, folder, registry }: Stage, version: string): Promise<Built> {
  const renaming = { name: NEW_NAME, repository: 'https://git.example.com/acme/resilient-patterns.git', registry: registry.url, version };
  return buildPackage({ python, folder: join(folder, `renamed-${version}`), out: join(folder, 'tarballs'), renaming });
}

async function underAnotherName(stage: Stage, next: Promise<Built>): Promise<void> {
  const { folder, offline, registry, token } = stage;
  const first = await buildRenamed(stage, '0.1.0');
  await publish(stage, first.tarball); // neither --registry nor a default: only publishConfig knows where
  say(`ok   ${first.spec}: published to the registry that its publishConfig names`);
  const again = await publish(stage, first.tarball).then(() => 'nothing', error => String(error));
  require(/previously published|already present|EPUBLISHCONFLICT|E409/.test(again), `a version must be published once only, got: ${again}`);
  say('ok   the same version a second time is refused');

  await publishWrapper(offline, join(folder, 'wrapper'), NEW_NAME, registry.url, token);
  say(`ok   ${WRAPPER_NAME}, the company's defaults around it: built, tested and published`);
  await rm(join(folder, 'wrapper'), { recursive: true });
  const app = new ConsumerApp(offline, join(folder, 'team-app'), token, {
    example: WRAPPER, npmrc: npmrc(registry.url, SCOPE), imports: ['./src', WRAPPER_NAME],
  });
  await app.npm('install', WRAPPER_NAME, ...[...PEERS, ...TOOLS].map(installed));
  await app.typeCheck();
  const [there, here] = [await app.synthesize(), await synthesizeInRepository(offline, WRAPPER, join(folder, 'here-too'))];
  const difference = firstDifference(there, here);
  require(difference === undefined, `a rename must not change a template, got: ${difference}; see which name gets into it`);
  say(`ok   the app of a team gives the same ${Object.keys(there).length} templates as under the old name`);
  const unpacked = join(folder, 'team-app', 'node_modules', NEW_NAME);
  const old = filesBelow(unpacked).flatMap(file => findOldName(file, readFileSync(join(unpacked, file), 'utf8'), OLD_NAME, NEW_NAME, AUTHOR));
  require(old.length === 0, `the installed package must not say '${OLD_NAME}', got: ${old.join('; ')}`);
  say(`ok   no file of the installed package says '${OLD_NAME}' (but for the authors, who are called so)`);

  await publish(stage, (await next).tarball);
  const reason = 'use 0.1.1';
  await app.npm('deprecate', `${NEW_NAME}@0.1.0`, reason);
  const told = (await app.npm('view', `${NEW_NAME}@0.1.0`, 'deprecated')).trim();
  require(told === reason, `npm view must tell that 0.1.0 is deprecated, got: '${told}'`);
  const before = app.versionOf(NEW_NAME);
  await app.npm('update', NEW_NAME);
  const after = app.versionOf(NEW_NAME);
  require(before === '0.1.0' && after === '0.1.1', `the range of ${WRAPPER_NAME} must take 0.1.1 after 0.1.0, got: ${after} after ${before}`);
  say('ok   0.1.0 is deprecated, and says why; 0.1.1 is taken by the range ^0.1.0');
}

/** As a platform team does: the token is in the environment, the rest in .npmrc and in the package. */
async function publish({ folder, offline, token }: Pick<Stage, 'folder' | 'offline' | 'token'>, tarball: string, ...more: string[]): Promise<void> {
  await offline.run('npm publish', join(folder, 'tarballs'), ['npm', 'publish', '--ignore-scripts', tarball, ...more], { NPM_TOKEN: token });
}

/** A package in the version that is installed here. */
function installed(name: string): string {
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'node_modules', name, 'package.json'), 'utf8')) as { version: string };
  return `${name}@${version}`;
}

// When it fails everything is let go of at once: the supervisors end what runs, and remove the folder.
main().then(() => process.exit(0), error => {
  console.error(`\nFAILED: ${(error as Error).message}`);
  process.exit(1);
});
