/** The recipe that teams copy. They run its table with Node alone; here jest runs it, against src. */
import { Group, ManagedPolicy, PolicyStatement, Role, ServicePrincipal, User } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Stack, Stage } from 'aws-cdk-lib/core';
import { ACCOUNT, IRELAND, testApp } from './support/app';
import { Deployed } from '../examples/access-matrix/deployed';
import { decide } from '../examples/access-matrix/matrix';

jest.mock('node:test', () => ({ test }));
jest.requireActual('../examples/access-matrix/access.test');

const EC2 = new ServicePrincipal('ec2.amazonaws.com');
const reading = (...resources: string[]) => new PolicyStatement({ actions: ['s3:GetObject'], resources });
const CAN_READ = (resource: string) => ({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resource }] });

describe('policies of an identity', () => {
  const app = testApp();
  const [stack, data] = ['Shop', 'Data'].map(id => new Stack(app, id, { env: IRELAND }));
  const bucket = new Bucket(data, 'Bucket', { bucketName: 'files' });
  const role = new Role(stack, 'Role', {
    roleName: 'reader', path: '/app/', assumedBy: EC2, managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName('AdministratorAccess')],
  });
  role.addToPolicy(reading(bucket.arnForObjects('*')));
  role.addManagedPolicy(new ManagedPolicy(stack, 'Managed', { managedPolicyName: 'managed', statements: [reading('arn:aws:s3:::managed/*')] }));
  const group = new Group(stack, 'Group', { managedPolicies: [new ManagedPolicy(stack, 'OfGroup', { statements: [reading('arn:aws:s3:::group/*')] })] });
  new User(stack, 'User', { userName: 'anna', groups: [group] });
  new ManagedPolicy(stack, 'Attached', { statements: [reading('arn:aws:s3:::attached/*')], users: [User.fromUserName(stack, 'Anna', 'anna')] });
  new Role(new Stack(new Stage(app, 'Production', { env: IRELAND }), 'Shop'), 'Role', { roleName: 'staged', assumedBy: EC2 });
  new Role(new Stack(app, 'Anywhere'), 'Role', { roleName: 'anywhere', assumedBy: EC2 });
  [1, 2].forEach(number => new Role(stack, `Twin${number}`, { roleName: 'twin', assumedBy: EC2 }));
  const folder = app.synth().directory;
  const administrator = { 'arn:aws:iam::aws:policy/AdministratorAccess': { says: 'everything' } };
  const deployed = new Deployed(folder, administrator);

  test('its own, those that it names, with values that other stacks export', () => {
    expect(deployed.role('reader')).toMatchObject({
      arn: `arn:aws:iam::${ACCOUNT}:role/app/reader`,
      policies: [CAN_READ('arn:aws:s3:::files/*'), { says: 'everything' }, CAN_READ('arn:aws:s3:::managed/*')],
      trust: { Statement: [{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' } }] },
    });
  });

  test('those that name it, and those of its groups', () => {
    expect(deployed.user('anna').policies).toEqual([CAN_READ('arn:aws:s3:::attached/*'), CAN_READ('arn:aws:s3:::group/*')]);
  });

  test('in a stage, and in a stack without an environment', () => {
    expect(deployed.role('staged').arn).toBe(`arn:aws:iam::${ACCOUNT}:role/staged`);
    expect(deployed.role('anywhere').arn).toBe('arn:aws:iam::123456789012:role/anywhere');
  });

  test.each<[string, () => unknown, string]>([
    ['a role that is not there', () => deployed.role('writer'), 'no AWS::IAM::Role is called writer'],
    ['a user that is a role', () => deployed.user('reader'), 'no AWS::IAM::User is called reader'],
    ['two of a name', () => deployed.role('twin'), 'more than one AWS::IAM::Role is called twin'],
    ['a policy of AWS that was not passed', () => new Deployed(folder).role('reader'), 'no template has the policy arn:aws:iam::aws:policy/AdministratorAccess: pass it to Deployed'],
  ])('fails for %s, rather than to judge by less', (_, ask, message) => {
    expect(ask).toThrow(new Error(message));
  });

  test('fails for what the evaluator does not know', async () => {
    await expect(decide(deployed.role('staged'), { action: 's3:GetObjekt', resource: 'arn:aws:s3:::files/a' }))
      .rejects.toThrow('the evaluator can not judge s3:GetObjekt on arn:aws:s3:::files/a: {"message":"invalid.action"}');
  });
});
