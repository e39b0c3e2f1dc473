/** Who reaches what: the table that a team writes, and what the policies say to it. Node alone runs it. */
import { equal } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { App } from 'aws-cdk-lib';
import { build } from './data-science';
import { Deployed } from './deployed';
import type { Assumption, Attempt, Decision } from './matrix';
import { decide, decideAssume } from './matrix';

// Or `new Deployed('cdk.out')` after `cdk synth`, for an app in another language.
const outdir = mkdtempSync(join(tmpdir(), 'access-matrix-'));
const app = new App({ outdir, analyticsReporting: false });
build(app);
const deployed = new Deployed(app.synth().directory);
rmSync(outdir, { recursive: true });

const WHO = { 'a scientist': deployed.role('data-scientist'), 'a session': deployed.role('DataScienceAccess') };
const WHAT = {
  'Gamma\'s model': 'arn:aws:s3:::acme-research/Gamma/model.csv',
  'Alpha\'s model': 'arn:aws:s3:::acme-research/Alpha/model.csv',
  'a table': 'arn:aws:dynamodb:eu-west-1:111111111111:table/runs',
};
const ID = { externalId: 'data-science-7f3a' };

/** Who becomes the role, with which tags. */
const SESSIONS: [who: keyof typeof WHO, passing: string, Decision, Assumption?][] = [
  ['a scientist', 'Project=Gamma', 'Allowed', ID],
  ['a scientist', 'Project=Gamma', 'ImplicitlyDenied'],
  ['a scientist', 'Project=Alpha', 'ImplicitlyDenied', ID],
  ['a scientist', '', 'ImplicitlyDenied', ID],
];

/** Who, with which tags, does what to what, which has which tags. */
const ACCESS: [who: keyof typeof WHO, tags: string, action: string, what: keyof typeof WHAT, resourceTags: string, Decision, Partial<Attempt>?][] = [
  ['a session', 'Project=Gamma', 's3:GetObject', 'Gamma\'s model', '', 'Allowed', { objectTags: 'Project=Gamma' }],
  ['a session', 'Project=Gamma', 's3:GetObject', 'Alpha\'s model', '', 'ImplicitlyDenied', { objectTags: 'Project=Alpha' }],
  ['a session', 'Project=Gamma', 's3:PutObject', 'Gamma\'s model', '', 'Allowed', { newObjectTags: 'Project=Gamma' }],
  ['a session', 'Project=Gamma', 's3:PutObject', 'Gamma\'s model', '', 'ImplicitlyDenied'],
  ['a session', 'Project=Gamma', 'dynamodb:GetItem', 'a table', 'Project=Gamma', 'Allowed'],
  ['a session', 'Project=Gamma', 'dynamodb:GetItem', 'a table', 'Project=Alpha', 'ImplicitlyDenied'],
  ['a session', 'Project=Gamma', 'dynamodb:GetItem', 'a table', '', 'ImplicitlyDenied'],
  ['a session', 'Project=Gamma', 'dynamodb:PutItem', 'a table', 'Project=Gamma', 'ImplicitlyDenied'],
  ['a scientist', '', 's3:GetObject', 'Gamma\'s model', '', 'ImplicitlyDenied', { objectTags: 'Project=Gamma' }],
];

for (const [who, passing, expected, how] of SESSIONS) {
  void test(`${who} becomes DataScienceAccess with [${passing}] ${JSON.stringify(how ?? {})}: ${expected}`, async () => {
    equal(await decideAssume(WHO[who], WHO['a session'], { passing, ...how }), expected);
  });
}

for (const [who, tags, action, what, resourceTags, expected, further] of ACCESS) {
  void test(`${who} with [${tags}] ${action} ${what} [${resourceTags}] ${JSON.stringify(further ?? {})}: ${expected}`, async () => {
    equal(await decide(WHO[who], { action, resource: WHAT[what], tags, resourceTags, ...further }), expected);
  });
}
