import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { FlowLogMaxAggregationInterval, FlowLogTrafficType, Subnet, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Duration, Fn, Lazy, Size, Stack } from 'aws-cdk-lib/core';
import { FlowLogField, FlowLogFormat, FlowLogPartitions, FlowLogsToAthena, FlowLogSource, NamedQuery, QueryResults } from '../../src';
import { ACCOUNT, IRELAND, shopStack, testApp } from '../support/app';
import { deliveryStatements, filledIn, logsIn, only } from '../support/flow-log-stacks';

const LOG = 'AWS::EC2::FlowLog';
const TABLE = 'AWS::Glue::Table';
const WORK_GROUP = 'AWS::Athena::WorkGroup';

describe('the user\'s program', () => {
  const stack = shopStack();
  const vpc = new Vpc(stack, 'Vpc', { natGateways: 0 });
  const logs = new FlowLogsToAthena(stack, 'FlowLogs', { source: FlowLogSource.vpc(vpc) });
  logs.addQuery(NamedQuery.rejectedSshRdp());
  const template = Template.fromStack(stack);
  const log = only(stack, LOG);
  const { TableInput: table, DatabaseName } = only(stack, TABLE);

  test('all traffic of the VPC is logged, by the minute, in Parquet, in a folder for each hour', () => {
    template.hasResourceProperties(LOG, {
      ResourceType: 'VPC',
      ResourceId: { Ref: Match.stringLikeRegexp('^Vpc') },
      TrafficType: 'ALL',
      MaxAggregationInterval: 60,
      LogDestinationType: 's3',
      LogDestination: { 'Fn::GetAtt': [Match.stringLikeRegexp('^FlowLogsBucket'), 'Arn'] },
      DestinationOptions: { FileFormat: 'parquet', HiveCompatiblePartitions: false, PerHourPartition: true },
      TagFieldSpecifications: Match.absent(),
    });
  });

  test('log and table have the same fields, those that the pack of queries needs', () => {
    expect(log.LogFormat).toBe(FlowLogFormat.security().logFormat);
    expect(table.StorageDescriptor.Columns.map((column: any) => column.Name)).toEqual(FlowLogFormat.security().columns);
  });

  test('the bucket is encrypted, private, TLS only, kept, and forgets', () => {
    template.hasResource('AWS::S3::Bucket', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: {
        BucketEncryption: { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
        OwnershipControls: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
        PublicAccessBlockConfiguration: { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
        LifecycleConfiguration: {
          Rules: [{
            Id: 'FlowLogs',
            Status: 'Enabled',
            ExpirationInDays: 365,
            Transitions: [{ StorageClass: 'GLACIER_IR', TransitionInDays: 90 }],
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          }],
        },
      },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })]) },
    });
  });

  test('log delivery may write for this account and Region, where the logs go, and nowhere else', () => {
    const [bucket] = Object.keys(template.findResources('AWS::S3::Bucket')).filter(id => id.startsWith('FlowLogsBucket'));
    const condition = { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': `arn:aws:logs:eu-west-1:${ACCOUNT}:*` } };
    expect(deliveryStatements(stack)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: 's3:PutObject',
        Resource: `<${bucket}.Arn>/AWSLogs/${ACCOUNT}/*`,
        Condition: { ...condition, StringEquals: { ...condition.StringEquals, 's3:x-amz-acl': 'bucket-owner-full-control' } },
      },
      {
        Effect: 'Allow',
        Principal: { Service: 'delivery.logs.amazonaws.com' },
        Action: ['s3:GetBucketAcl', 's3:ListBucket'],
        Resource: `<${bucket}.Arn>`,
        Condition: condition,
      },
    ]);
  });

  test('the log is created when the policy is there', () => {
    template.hasResource(LOG, { DependsOn: [Match.stringLikeRegexp('^FlowLogsBucketPolicy')] });
  });

  test('the table reads Parquet by name, and finds its partitions without being told', () => {
    expect(table).toMatchObject({
      Name: 'flow_logs',
      TableType: 'EXTERNAL_TABLE',
      PartitionKeys: ['aws_account_id', 'aws_region', 'day', 'hour'].map(Name => ({ Name, Type: 'string' })),
      StorageDescriptor: {
        InputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat',
        OutputFormat: 'org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat',
        SerdeInfo: { SerializationLibrary: 'org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe' },
      },
    });
    const { 'storage.location.template': location, ...parameters } = table.Parameters;
    expect(parameters).toMatchObject({
      'classification': 'parquet',
      'projection.enabled': 'true',
      'projection.aws_account_id.values': ACCOUNT,
      'projection.aws_region.values': 'eu-west-1',
      'projection.day.range': 'NOW-365DAYS,NOW',
    });
    expect(filledIn(stack, location)).toMatch(/^s3:\/\/<FlowLogsBucket\w+>\/AWSLogs\/\$\{aws_account_id\}\/vpcflowlogs\/\$\{aws_region\}\/\$\{day\}\/\$\{hour\}\/$/);
    expect(filledIn(stack, table.StorageDescriptor.Location)).toMatch(/^s3:\/\/<FlowLogsBucket\w+>\/AWSLogs\/$/);
  });

  test('types in the table are those that AWS writes', () => {
    expect(table.StorageDescriptor.Columns).toEqual(expect.arrayContaining([
      { Name: 'start', Type: 'bigint' }, { Name: 'end', Type: 'bigint' }, { Name: 'dstport', Type: 'int' }, { Name: 'srcaddr', Type: 'string' },
    ]));
  });

  test('database, table, workgroup and query know each other by names that follow from the path', () => {
    expect(DatabaseName).toMatch(/^shop_flowlogs_catalog_[0-9a-f]{8}$/);
    expect(logs.catalog).toMatchObject({ databaseName: DatabaseName, tableName: 'flow_logs' });
    template.hasResourceProperties('AWS::Glue::Database', { CatalogId: ACCOUNT, DatabaseInput: { Name: DatabaseName } });
    template.hasResource(TABLE, { DependsOn: [Match.stringLikeRegexp('Database')] });
    template.hasResourceProperties(WORK_GROUP, { Name: logs.catalog.workGroupName });
    template.hasResource('AWS::Athena::NamedQuery', {
      DependsOn: [Match.stringLikeRegexp('Database')],
      Properties: {
        Database: DatabaseName,
        WorkGroup: { Ref: Match.stringLikeRegexp('WorkGroup') },
        Name: NamedQuery.rejectedSshRdp().name,
        Description: Match.stringLikeRegexp('.'),
        QueryString: Match.stringLikeRegexp(`FROM "${DatabaseName}"."flow_logs"`),
      },
    });
  });

  test('the workgroup enforces a cap and encrypted results, and can be deleted', () => {
    template.hasResourceProperties(WORK_GROUP, {
      RecursiveDeleteOption: true,
      WorkGroupConfiguration: {
        EnforceWorkGroupConfiguration: true,
        PublishCloudWatchMetricsEnabled: true,
        EngineVersion: { SelectedEngineVersion: 'Athena engine version 3' },
        BytesScannedCutoffPerQuery: 107374182400,
        ResultConfiguration: { EncryptionConfiguration: { EncryptionOption: 'SSE_S3' }, ExpectedBucketOwner: ACCOUNT },
        ManagedQueryResultsConfiguration: Match.absent(),
      },
    });
    template.hasResourceProperties('AWS::S3::Bucket', { LifecycleConfiguration: { Rules: [Match.objectLike({ Id: 'QueryResults', ExpirationInDays: 30 })] } });
  });

  test('nothing in it is of today', () => {
    expect(JSON.stringify(template.toJSON())).not.toMatch(/20[2-9]\d[/-]/);
  });

  test('CDK has nothing to warn of', () => {
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('all that is created can be reached', () => {
    expect(logs.bucket).toBeInstanceOf(Bucket);
    expect(logs.catalog.resultsBucket).toBeInstanceOf(Bucket);
    expect(stack.resolve(logs.flowLog.flowLogId)).toEqual({ Ref: expect.stringMatching(/^FlowLogsFlowLog/) });
    expect(logs.format.logFormat).toBe(log.LogFormat);
    expect(logs.source.isTransitGateway).toBe(false);
  });
});

describe('what is logged', () => {
  test.each<[string, FlowLogSource, object]>([
    ['a subnet', FlowLogSource.subnet(Subnet.fromSubnetId(shopStack(), 'Subnet', 'subnet-0123')), { ResourceType: 'Subnet', ResourceId: 'subnet-0123' }],
    ['a network interface', FlowLogSource.networkInterface('eni-0123456789abcdef0'), { ResourceType: 'NetworkInterface', ResourceId: 'eni-0123456789abcdef0' }],
    ['one of a short id', FlowLogSource.networkInterface('eni-12345678'), { ResourceType: 'NetworkInterface', ResourceId: 'eni-12345678' }],
    ['one that is not known yet', FlowLogSource.networkInterface(Fn.importValue('Interface')), { ResourceId: { 'Fn::ImportValue': 'Interface' } }],
  ])('%s', (_, source, expected) => {
    const stack = shopStack();
    logsIn(stack, { source });
    expect(only(stack, LOG)).toMatchObject(expected);
  });

  test.each<[string, FlowLogSource, object]>([
    ['a transit gateway', FlowLogSource.transitGateway('tgw-0123456789abcdef0'), { ResourceType: 'TransitGateway', ResourceId: 'tgw-0123456789abcdef0' }],
    ['an attachment of one', FlowLogSource.transitGatewayAttachment('tgw-attach-0123456789abcdef0'),
      { ResourceType: 'TransitGatewayAttachment', ResourceId: 'tgw-attach-0123456789abcdef0' }],
  ])('%s, in its own schema, without a traffic type', (_, source, expected) => {
    const stack = shopStack();
    logsIn(stack, { source });
    const log = only(stack, LOG);
    expect(log).toMatchObject({ ...expected, LogFormat: FlowLogFormat.transitGateway().logFormat });
    expect(log).not.toHaveProperty('TrafficType');
    expect(only(stack, TABLE).TableInput.StorageDescriptor.Columns).toHaveLength(36);
  });

  test('Trap: the L2 leaves out the interval of a transit gateway, which must be a minute', () => {
    const stack = shopStack();
    logsIn(stack, { source: FlowLogSource.transitGateway('tgw-0123456789abcdef0'), aggregationInterval: FlowLogMaxAggregationInterval.ONE_MINUTE });
    expect(only(stack, LOG).MaxAggregationInterval).toBe(60);
    const default_ = shopStack();
    logsIn(default_, { source: FlowLogSource.transitGateway('tgw-0123456789abcdef0') });
    expect(only(default_, LOG).MaxAggregationInterval).toBe(60);
  });

  test('traffic and interval as stated', () => {
    const stack = shopStack();
    logsIn(stack, { traffic: FlowLogTrafficType.REJECT, aggregationInterval: FlowLogMaxAggregationInterval.TEN_MINUTES });
    expect(only(stack, LOG)).toMatchObject({ TrafficType: 'REJECT', MaxAggregationInterval: 600 });
  });

  test('Trap: tags are told to AWS beside the log format, which the L2 can not', () => {
    const stack = shopStack();
    logsIn(stack, {
      format: FlowLogFormat.default().with(FlowLogField.instanceTag('team'), FlowLogField.autoScalingGroupTag('fleet'), FlowLogField.instanceTag('stage')),
    });
    const log = only(stack, LOG);
    expect(log.LogFormat).toMatch(/ \$\{instance-tag\} \$\{asg-tag\} \$\{instance-tag-2\}$/);
    expect(log.TagFieldSpecifications).toEqual([
      { ResourceType: 'instance', TagKeys: ['team', 'stage'] }, { ResourceType: 'auto-scaling-group', TagKeys: ['fleet'] },
    ]);
    expect(only(stack, TABLE).TableInput.StorageDescriptor.Columns.slice(-3).map((column: any) => column.Name)).toEqual(['instance_tag', 'asg_tag', 'instance_tag_2']);
  });

  test('another format replaces the log, and leaves the table its name', () => {
    const names = [FlowLogFormat.default(), FlowLogFormat.all()].map(format => {
      const stack = shopStack();
      logsIn(stack, { format });
      const { DatabaseName, TableInput } = only(stack, TABLE);
      return `${DatabaseName}.${TableInput.Name} ${Object.keys(Template.fromStack(stack).findResources(TABLE))}`;
    });
    expect(names[0]).toBe(names[1]);
  });
});

describe('how long it is kept', () => {
  const rulesOf = (props: Parameters<typeof logsIn>[1]) => {
    const stack = shopStack();
    logsIn(stack, props);
    const [rule] = Object.values(Template.fromStack(stack).findResources('AWS::S3::Bucket'))
      .flatMap(bucket => bucket.Properties.LifecycleConfiguration.Rules).filter(each => each.Id === 'FlowLogs');
    return {
      expires: rule.ExpirationInDays,
      archived: rule.Transitions?.[0].TransitionInDays,
      range: filledIn(stack, only(stack, TABLE).TableInput.Parameters['projection.day.range']),
    };
  };

  test.each<[number, number | undefined]>([[1, undefined], [179, undefined], [180, 90], [36500, 90]])('%i days: archived after %p', (days, archived) => {
    expect(rulesOf({ retention: Duration.days(days) })).toEqual({ expires: days, archived, range: `NOW-${days}DAYS,NOW` });
  });

  test('archived when stated', () => {
    expect(rulesOf({ retention: Duration.days(60), storage: { archiveAfter: Duration.days(59) } })).toMatchObject({ expires: 60, archived: 59 });
  });

  test('days that only the deployment knows reach bucket and table', () => {
    const retention = Duration.days(Lazy.number({ produce: () => 42 }));
    expect(rulesOf({ retention })).toEqual({ expires: 42, archived: undefined, range: 'NOW-42DAYS,NOW' });
  });
});

describe('where it is', () => {
  test.each([
    ['daily', FlowLogPartitions.daily(), false, false, `/AWSLogs/${ACCOUNT}/*`],
    ['hive', FlowLogPartitions.hive(), true, false, `/AWSLogs/aws-account-id=${ACCOUNT}/*`],
    ['hiveHourly', FlowLogPartitions.hiveHourly(), true, true, `/AWSLogs/aws-account-id=${ACCOUNT}/*`],
  ])('%s partitions: log, policy and table agree', (_, partitions, hiveCompatiblePartitions, perHourPartition, folder) => {
    const stack = shopStack();
    logsIn(stack, { storage: { partitions } });
    expect(only(stack, LOG).DestinationOptions).toEqual({ FileFormat: 'parquet', HiveCompatiblePartitions: hiveCompatiblePartitions, PerHourPartition: perHourPartition });
    expect(deliveryStatements(stack)[0].Resource).toMatch(new RegExp(`^<FlowLogsBucket\\w+.Arn>${folder.replace('*', '\\*')}$`));
    expect(only(stack, TABLE).TableInput.PartitionKeys.map((key: any) => key.Name)).toEqual(partitions.keys);
  });

  test('a prefix is in the log, the policy and the table', () => {
    const stack = shopStack();
    logsIn(stack, { storage: { prefix: 'network/flow' } });
    expect(filledIn(stack, only(stack, LOG).LogDestination)).toMatch(/^<FlowLogsBucket\w+.Arn>\/network\/flow$/);
    expect(deliveryStatements(stack)[0].Resource).toMatch(new RegExp(`^<FlowLogsBucket\\w+.Arn>/network/flow/AWSLogs/${ACCOUNT}/\\*$`));
    expect(filledIn(stack, only(stack, TABLE).TableInput.Parameters['storage.location.template'])).toMatch(/^s3:\/\/<\w+>\/network\/flow\/AWSLogs\/\$/);
  });

  test('Trap: the L2 does not open the key of the bucket, and AWS knows a key by its ARN only', () => {
    const stack = shopStack();
    const key = new Key(stack, 'Key');
    logsIn(stack, { storage: { encryptionKey: key } });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{
          BucketKeyEnabled: false,
          ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] } },
        }],
      },
    });
    expect(filledIn(stack, only(stack, 'AWS::KMS::Key').KeyPolicy.Statement)).toContainEqual({
      Effect: 'Allow',
      Principal: { Service: 'delivery.logs.amazonaws.com' },
      Action: ['kms:Encrypt', 'kms:Decrypt', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:DescribeKey'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT }, ArnLike: { 'aws:SourceArn': `arn:aws:logs:eu-west-1:${ACCOUNT}:*` } },
    });
  });

  test('a bucket of the team keeps its settings and is told to take the logs, its key too', () => {
    const stack = shopStack();
    const bucket = new Bucket(stack, 'Own', { encryptionKey: new Key(stack, 'Key') });
    const logs = logsIn(stack, { storage: { bucket } });
    expect(logs.bucket).toBe(bucket);
    expect(deliveryStatements(stack)).toHaveLength(2);
    expect(JSON.stringify(only(stack, 'AWS::KMS::Key'))).toContain('kms:ReEncrypt*');
    expect(Template.fromStack(stack).findResources('AWS::S3::Bucket', { Properties: { LifecycleConfiguration: { Rules: [{ Id: 'FlowLogs' }] } } })).toEqual({});
    Template.fromStack(stack).hasResource(LOG, { DependsOn: [Match.stringLikeRegexp('^OwnPolicy')] });
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });

  test('a bucket of another stack has its policy before the log is created', () => {
    const app = testApp();
    const [storage, shop] = ['Storage', 'Shop'].map(id => new Stack(app, id, { env: IRELAND }));
    logsIn(shop, { storage: { bucket: new Bucket(storage, 'Own') } });
    expect(shop.dependencies).toContain(storage);
    expect(deliveryStatements(storage)).toHaveLength(2);
  });

  test('two logs share a bucket, each with a statement of its own, and none with an id that the other has', () => {
    const stack = shopStack();
    const bucket = new Bucket(stack, 'Own');
    logsIn(stack, { storage: { bucket, prefix: 'one' } }, 'One');
    logsIn(stack, { storage: { bucket, prefix: 'two' } }, 'Two');
    expect(deliveryStatements(stack).filter(each => each.Action === 's3:PutObject').map(each => each.Resource.split('Arn>')[1]))
      .toEqual([`/one/AWSLogs/${ACCOUNT}/*`, `/two/AWSLogs/${ACCOUNT}/*`]);
    expect(JSON.stringify(deliveryStatements(stack))).not.toContain('"Sid"');
  });

  test('Trap: with its feature flag the L2 adds the statements again', () => {
    const stack = new Stack(testApp({ '@aws-cdk/aws-s3:createDefaultLoggingPolicy': true }), 'Shop', { env: IRELAND });
    logsIn(stack);
    expect(deliveryStatements(stack)).toHaveLength(2);
  });

  test('an account and Region that nobody knows yet are in policy and table all the same', () => {
    const stack = new Stack(testApp(), 'Shop');
    logsIn(stack);
    const { Parameters } = only(stack, TABLE).TableInput;
    expect(Parameters['projection.aws_account_id.values']).toEqual({ Ref: 'AWS::AccountId' });
    expect(Parameters['projection.aws_region.values']).toEqual({ Ref: 'AWS::Region' });
    Template.fromStack(stack).hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([Match.objectLike({
          Action: 's3:PutObject', Condition: Match.objectLike({ StringEquals: Match.objectLike({ 'aws:SourceAccount': { Ref: 'AWS::AccountId' } }) }),
        })]),
      },
    });
  });
});

describe('a bucket or key that is imported', () => {
  const warnings = (stack: Stack) => Annotations.fromStack(stack).findWarning('*', Match.anyValue()).map(({ entry }) => entry.data as string);
  const delivery = (actions: string, resource: string, acl = '') => `{"Action":${actions},"Condition":{"StringEquals":{"aws:SourceAccount":"${ACCOUNT}"${acl}},`
    + '"ArnLike":{"aws:SourceArn":{"Fn::Join":["",["arn:",{"Ref":"AWS::Partition"},'
    + `":logs:eu-west-1:${ACCOUNT}:*"]]}}},"Effect":"Allow","Principal":{"Service":"delivery.logs.amazonaws.com"},"Resource":${resource}}`;
  const encrypt = delivery('["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"]', '"*"');

  test('has a policy that can not be extended: a warning says what to add', () => {
    const stack = shopStack();
    logsIn(stack, { storage: { bucket: Bucket.fromBucketArn(stack, 'Imported', 'arn:aws:s3:::logs') } });
    expect(warnings(stack)).toEqual([
      'the policy of the imported bucket \'Shop/Imported\' can not be extended: add '
      + `${delivery('"s3:PutObject"', `"arn:aws:s3:::logs/AWSLogs/${ACCOUNT}/*"`, ',"s3:x-amz-acl":"bucket-owner-full-control"')} and `
      + `${delivery('["s3:GetBucketAcl","s3:ListBucket"]', '"arn:aws:s3:::logs"')}, or no log is delivered [ack: cdk-resilience:flowLogBucketPolicy]`,
    ]);
    expect(only(stack, LOG).LogDestination).toBe('arn:aws:s3:::logs');
  });

  test('the key of an imported bucket', () => {
    const stack = shopStack();
    const encryptionKey = Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`);
    logsIn(stack, { storage: { bucket: Bucket.fromBucketAttributes(stack, 'Imported', { bucketName: 'logs', encryptionKey }) } });
    expect(warnings(stack)).toHaveLength(2);
    expect(warnings(stack)[1]).toBe(`the policy of the imported key of bucket 'Shop/Imported' can not be extended: add ${encrypt}, or no log is delivered [ack: cdk-resilience:flowLogKeyPolicy]`);
  });

  test('an imported key for a new bucket', () => {
    const stack = shopStack();
    logsIn(stack, { storage: { encryptionKey: Key.fromKeyArn(stack, 'Key', `arn:aws:kms:eu-west-1:${ACCOUNT}:key/1`) } });
    expect(warnings(stack)).toEqual([
      `the policy of the imported key of bucket 'Shop/FlowLogs/Bucket' can not be extended: add ${encrypt}, or no log is delivered [ack: cdk-resilience:flowLogKeyPolicy]`,
    ]);
  });
});

describe('what belongs to the catalog', () => {
  test('queries, one by one and as a pack', () => {
    const stack = shopStack();
    const logs = logsIn(stack);
    expect(logs.addQueries(NamedQuery.pack())).toHaveLength(NamedQuery.pack().length);
    Template.fromStack(stack).resourceCountIs('AWS::Athena::NamedQuery', NamedQuery.pack().length);
    Annotations.fromStack(stack).hasNoInfo('*', Match.anyValue());
  });

  test('limits and results', () => {
    const stack = shopStack();
    logsIn(stack, { queries: { scanLimit: Size.mebibytes(10), databaseName: 'network', results: QueryResults.managedByAthena() } });
    expect(only(stack, WORK_GROUP).WorkGroupConfiguration)
      .toMatchObject({ BytesScannedCutoffPerQuery: 10485760, ManagedQueryResultsConfiguration: { Enabled: true } });
    expect(only(stack, TABLE).DatabaseName).toBe('network');
  });

  test('who may query', () => {
    const stack = shopStack();
    const role = new Role(stack, 'Analyst', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    logsIn(stack).grantQuery(role).assertSuccess();
    expect(JSON.stringify(only(stack, 'AWS::IAM::Policy'))).toContain('athena:StartQueryExecution');
  });
});
