/**
 * A role that reaches what has the caller's tags, and a function in the same account that assumes it. On a real account the
 * function is the proof: it tries what it may and what it may not, and tells what IAM, DynamoDB and S3 said. The audit is
 * left out: an account has one analyzer of a kind, and may have it already.
 */
import { ExpectedResult, IntegTest, Match } from '@aws-cdk/integ-tests-alpha';
import { App, CfnResource, Duration, RemovalPolicy, Stack, Tags, Validations } from 'aws-cdk-lib';
import { AttributeType, TableEncryptionV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { AbacCrossAccountRole, AbacHubRole, AbacPermission, AbacSpokeAccess, AccessAttribute, TrustedAccounts } from '../src';

/** With botocore, which the runtime has. `tried` tells a refusal from every other error. */
const CALLER = `
from os import environ
import botocore.session
from botocore.exceptions import ClientError

session = botocore.session.get_session()

def client(service, keys={}):
    return session.create_client(service, region_name=environ['AWS_REGION'], **keys)

def tried(call, **request):
    try:
        call(**request)
        return 'allowed'
    except ClientError as error:
        if 'AccessDenied' not in error.response['Error']['Code']:
            raise
        return 'refused'

def tags(**values):
    return [{'Key': key, 'Value': value} for key, value in values.items()]

def handler(event, context):
    sts, own, other = client('sts'), tags(Project='Gamma'), tags(Project='Delta')
    rightly = {'RoleArn': environ['ROLE'], 'RoleSessionName': 'caller', 'ExternalId': 'integ', 'Tags': own}
    result = {
        'assume with own tags': tried(sts.assume_role, **rightly),
        'assume with another external id': tried(sts.assume_role, **{**rightly, 'ExternalId': 'another'}),
        'assume without tags': tried(sts.assume_role, **{**rightly, 'Tags': []}),
        'assume with the tags of another': tried(sts.assume_role, **{**rightly, 'Tags': other}),
    }
    keys = sts.assume_role(**rightly)['Credentials']
    held = {'aws_access_key_id': keys['AccessKeyId'], 'aws_secret_access_key': keys['SecretAccessKey'], 'aws_session_token': keys['SessionToken']}
    dynamodb, s3, bucket = client('dynamodb', held), client('s3', held), environ['BUCKET']
    for table in ('GAMMA', 'DELTA', 'UNTAGGED'):
        result['read the table ' + table] = tried(dynamodb.get_item, TableName=environ[table], Key={'id': {'S': '1'}})
    return {
        **result,
        'write below the own prefix': tried(s3.put_object, Bucket=bucket, Key='Gamma/x', Body=b'x', Tagging='Project=Gamma'),
        'write there without tags': tried(s3.put_object, Bucket=bucket, Key='Gamma/y', Body=b'x'),
        'write below another prefix': tried(s3.put_object, Bucket=bucket, Key='Delta/x', Body=b'x', Tagging='Project=Gamma'),
        'read what was written': tried(s3.get_object, Bucket=bucket, Key='Gamma/x'),
        'give it away': tried(s3.put_object_tagging, Bucket=bucket, Key='Gamma/x', Tagging={'TagSet': other}),
        'delete it': tried(s3.delete_object, Bucket=bucket, Key='Gamma/x'),
        'change the own tags': tried(client('iam').tag_role, RoleName=environ['CALLER'], Tags=other),
    }
`;

export const app = new App();
const stack = new Stack(app, 'IntegAbacCrossAccountRole', { env: { region: 'eu-west-1' } });

function table(id: string, project?: string): TableV2 {
  const made = new TableV2(stack, id, {
    partitionKey: { name: 'id', type: AttributeType.STRING },
    encryption: TableEncryptionV2.awsManagedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    removalPolicy: RemovalPolicy.DESTROY,
  });
  if (project) {
    Tags.of(made).add('Project', project);
  }
  return made;
}

const tables = { GAMMA: table('GammaTable', 'Gamma'), DELTA: table('DeltaTable', 'Delta'), UNTAGGED: table('UntaggedTable') };
const lake = new Bucket(stack, 'Lake', {
  encryption: BucketEncryption.S3_MANAGED,
  blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
  enforceSSL: true,
  removalPolicy: RemovalPolicy.DESTROY, // empty again when the function has run
});
Validations.of(lake).acknowledge({ id: 'AwsSolutions-S1', reason: 'a test that is there for an hour needs no log of its access' });

const access = new AbacCrossAccountRole(stack, 'Access', {
  roleName: 'IntegDataAccess',
  trusted: TrustedAccounts.of([stack.account]).withExternalId('integ'),
  attributes: [AccessAttribute.matching('Project')],
  permissions: [AbacPermission.s3Objects(lake).read().write(), AbacPermission.dynamodb().read()],
});

const logGroup = new LogGroup(stack, 'CallerLogs', { removalPolicy: RemovalPolicy.DESTROY });
const role = new Role(stack, 'CallerRole', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
const logs = logGroup.grantWrite(role);
// Nobody knows the account before it is deployed: the role is referred to, as it can be in its own stack.
const { sessionTagKeys } = access.hubRole;
const hubRole = AbacHubRole.of({ roleArn: access.role.roleArn, sessionTagKeys, externalId: 'integ' });
const spoke = new AbacSpokeAccess(stack, 'CallerAccess', { hubRole, principals: [role], tags: { Project: 'Gamma' } });
const caller = new LambdaFunction(stack, 'Caller', {
  runtime: Runtime.PYTHON_3_14,
  handler: 'index.handler',
  code: Code.fromInline(CALLER),
  role,
  logGroup,
  timeout: Duration.minutes(1),
  environment: {
    ROLE: access.hubRole.roleArn,
    CALLER: role.roleName,
    BUCKET: lake.bucketName,
    ...Object.fromEntries(Object.entries(tables).map(([name, each]) => [name, each.tableName])),
  },
});
Validations.of(caller).acknowledge({ id: 'AwsSolutions-L1', reason: 'any Python with botocore will do, and the newest one comes to some Regions late' });
caller.node.addDependency(logs, spoke, access);

// In the Region of the role, which the assertions refer to.
const assertionStack = new Stack(app, 'IntegAbacCrossAccountRoleAssertions', { env: { region: 'eu-west-1' } });
const test = new IntegTest(app, 'AbacCrossAccountRole', {
  testCases: [stack],
  regions: ['eu-west-1'],
  assertionStack,
});

test.assertions.awsApiCall('IAM', 'GetRole', { RoleName: access.role.roleName }).expect(ExpectedResult.objectLike({
  Role: Match.objectLike({ Arn: access.hubRole.roleArn, MaxSessionDuration: 3600 }),
}));

test.assertions.invokeFunction({ functionName: caller.functionName }).expect(ExpectedResult.objectLike({
  Payload: Match.serializedJson({
    'assume with own tags': 'allowed',
    'assume with another external id': 'refused',
    'assume without tags': 'refused',
    'assume with the tags of another': 'refused',
    'read the table GAMMA': 'allowed',
    'read the table DELTA': 'refused',
    'read the table UNTAGGED': 'refused',
    'write below the own prefix': 'allowed',
    'write there without tags': 'refused',
    'write below another prefix': 'refused',
    'read what was written': 'allowed',
    'give it away': 'refused',
    'delete it': 'allowed',
    'change the own tags': 'refused',
  }),
}));

// To invoke it, integ-tests allow themselves `lambda:Invoke`, which is no action, beside the right one.
assertionStack.node.findAll().filter(each => CfnResource.isCfnResource(each)).filter(each => each.cfnResourceType === 'AWS::IAM::Role')
  .forEach(each => each.addMetadata('cfn-lint', { config: { ignore_checks: ['W3037'] } }));

app.synth();
