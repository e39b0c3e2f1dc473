/**
 * How each type is restored with the AWS CLI, and judged before anybody uses it. Markdown, no CDK.
 *
 * The keys of the metadata are those that AWS documents for each type; Aurora says `restoreToTime` where the others say
 * `RestoreTime`.
 * @see https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-a-backup.html
 */

/** How one type is restored. */
interface RestoreStep {
  /** As in the headings. */
  readonly title: string;
  /** How AWS Backup calls the type. */
  readonly type: string;
  /** Keys and values that replace those of the backup. */
  readonly override: string;
  /**
   * The key of the time, where the type can be restored to any second.
   *
   * @default - snapshots only
   */
  readonly timeKey?: string;
  /** What to know before. */
  readonly before: string[];
  /**
   * Variables to set first, as commands.
   *
   * @default - none
   */
  readonly set?: string[];
  /**
   * What the restore leaves to do, as commands.
   *
   * @default - nothing
   */
  readonly then?: string[];
  /** How to judge what was restored. */
  readonly validate: string[];
}

const STEPS: RestoreStep[] = [
  {
    title: 'DynamoDB',
    type: 'DynamoDB',
    override: 'targetTableName="$NEW"',
    before: [
      'The backup becomes a new table. For damage of the last 35 days the table\'s own point-in-time recovery, if it is on, loses less.',
      'A copy that came from another Region or account: add `encryptionType=KMS kmsMasterKeyArn=KEY_ARN` with a key that is there, or `encryptionType=Default`.',
    ],
    validate: [
      '`aws dynamodb describe-table --region "$REGION" --table-name "$NEW" --query \'Table.[TableStatus,ItemCount]\'`; the count can be hours old. Read a few items that you know.',
      'Not restored: auto scaling, alarms, streams, time to live, tags, resource policy, point-in-time recovery. Set them before the table is used.',
    ],
  },
  {
    title: 'S3',
    type: 'S3',
    override: 'DestinationBucketName="$NEW" NewBucket=true EncryptionType=SSE-S3',
    timeKey: 'RestoreTime',
    before: [
      'Into a new bucket. To use an empty bucket of your own, with versioning on, leave `NewBucket=true` out. Objects that are already there are skipped, never replaced.',
      'Only the newest version of each object is restored. Add `RestoreLatestVersionsUpTo=all` for all of them.',
      'For a key of your own: `EncryptionType=SSE-KMS KMSKey=KEY_ARN`. `EncryptionType=original` does not work for copies from another Region.',
    ],
    validate: [
      'The job is COMPLETED even if some objects failed: read its `StatusMessage`.',
      '`aws s3 ls "s3://$NEW" --recursive --summarize | tail -n 2` tells objects and bytes. Open a few that you know.',
      'Not restored: bucket policy, lifecycle, notifications, replication.',
    ],
  },
  {
    title: 'RDS',
    type: 'RDS',
    override: 'DBInstanceIdentifier="$NEW"',
    timeKey: 'RestoreTime',
    before: [
      'Subnet group, security groups, parameter and option group come from the backup. In another Region or account they do not exist: override `DBSubnetGroupName` and `VpcSecurityGroupIds=\'["sg-…"]\'`, and empty the others (`OptionGroupName=`).',
    ],
    validate: [
      '`aws rds describe-db-instances --region "$REGION" --db-instance-identifier "$NEW" --query \'DBInstances[0].[DBInstanceStatus,Endpoint.Address]\'` until it is available.',
      'Connect, read the newest rows of a busy table, compare with `$BEFORE`. The passwords are those of that time: a rotated secret no longer fits.',
      'Check security groups and the parameter group: a wrong one is the usual reason why nobody can connect.',
    ],
  },
  {
    title: 'Aurora',
    type: 'Aurora',
    override: 'dbClusterIdentifier="$NEW"',
    timeKey: 'restoreToTime',
    before: [
      'A cluster without instances is restored; you add them. `engine` is required and comes with the backup.',
      'In another Region or account override `dbSubnetGroupName` and `vpcSecurityGroupIds=\'["sg-…"]\'`, and empty what is not there (`availabilityZones= dbClusterParameterGroupName= kmsKeyId=`).',
    ],
    then: [
      'CLASS=...   # as the old instance, or db.serverless',
      'aws rds create-db-instance --region "$REGION" --db-instance-identifier "$NEW-1" --db-cluster-identifier "$NEW" \\',
      '  --engine "$(aws rds describe-db-clusters --region "$REGION" --db-cluster-identifier "$NEW" --query \'DBClusters[0].Engine\' --output text)" \\',
      '  --db-instance-class "$CLASS"',
      'aws rds wait db-instance-available --region "$REGION" --db-instance-identifier "$NEW-1"',
    ],
    validate: [
      'As for RDS, with `aws rds describe-db-clusters --region "$REGION" --db-cluster-identifier "$NEW" --query \'DBClusters[0].[Status,Endpoint]\'`.',
    ],
  },
  {
    title: 'EFS',
    type: 'EFS',
    override: 'newFileSystem=true CreationToken="$NEW" Encrypted=true PerformanceMode=generalPurpose',
    before: [
      'A new file system; the files are in a directory `aws-backup-restore_…` under its root, not at their old paths.',
      'For single files: `ItemsToRestore=\'["/path"]\'`. Another key, or a copy from another Region: `KmsKeyId=KEY_ARN`.',
    ],
    validate: [
      'It has no mount targets, access points or policy. Create them, mount it, compare a few directories, move them to their old paths.',
    ],
  },
  {
    title: 'EBS',
    type: 'EBS',
    override: 'availabilityZone="$ZONE"',
    before: ['A volume is restored into one Availability Zone. A copy from another Region: `encrypted=true kmsKeyId=KEY_ARN`.'],
    set: ['ZONE=...   # of the instance that will use the volume'],
    validate: [
      'Attach it beside the damaged one, mount it read-only, look: `aws ec2 attach-volume --region "$REGION" --volume-id VOLUME --instance-id INSTANCE --device /dev/sdf`. Blocks are fetched when first read, so it is slow at first.',
    ],
  },
  {
    title: 'EC2',
    type: 'EC2',
    override: 'IamInstanceProfileName=',
    before: [
      'The instance comes without its instance profile: with it, the restore role would need `iam:PassRole` on the profile\'s role. Attach it afterwards.',
      'User data is not backed up. In another Region or account override `SubnetId` and `SecurityGroupIds=\'["sg-…"]\'`, and give a key of there in `BlockDeviceMappings`.',
    ],
    then: [
      'INSTANCE=...   # the end of the created resource\'s ARN',
      'PROFILE=...    # the name of the old instance\'s profile',
      'aws ec2 associate-iam-instance-profile --region "$REGION" --instance-id "$INSTANCE" --iam-instance-profile Name="$PROFILE"',
    ],
    validate: ['`aws ec2 describe-instance-status --region "$REGION" --instance-ids "$INSTANCE"` until both checks are ok. Keep it out of the load balancer until the application answers on it.'],
  },
];

/** The steps of every type. */
export function renderRestoreSteps(): string[] {
  return [...STEPS.flatMap(renderStep), ...otherTypes()];
}

function renderStep(step: RestoreStep): string[] {
  const start = [
    `JOB=$(aws backup start-restore-job --region "$REGION" --recovery-point-arn "$POINT" --resource-type ${step.type} \\`,
    '  --iam-role-arn "$RESTORE_ROLE" --metadata file://restore.json --query RestoreJobId --output text)',
  ];
  const snapshot = `override ${step.override}`;
  const override = step.timeKey
    ? ['case "$POINT" in', `  *:continuous:*) ${snapshot} ${step.timeKey}="$BEFORE" ;;`, `  *) ${snapshot} ;;`, 'esac']
    : [snapshot];
  return [
    `### ${step.title}`, '',
    ...step.before.map(line => `* ${line}`), '',
    ...sh([...step.set ?? [], ...override, ...start]),
    ...step.then ? ['When the job is COMPLETED (step 4):', '', ...sh(step.then)] : [],
    'Judge it before anybody uses it:', '',
    ...step.validate.map(line => `* ${line}`), '',
  ];
}

function otherTypes(): string[] {
  return [
    '### DocumentDB, Neptune, FSx', '',
    '* DocumentDB and Neptune: as Aurora from a snapshot, with the resource type `DocumentDB` or `Neptune`. Then add an instance with `aws docdb create-db-instance --engine docdb` or `aws neptune create-db-instance --engine neptune`, with the same other options.',
    '* FSx: resource type `FSx`. The stored metadata is not enough: FSx for Windows needs `subnetIds` and `activeDirectoryId`, FSx for Lustre `subnetIds`, FSx for ONTAP a storage virtual machine. See https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-fsx.html', '',
  ];
}

/** A block of shell. */
export function sh(lines: string[]): string[] {
  return ['```sh', ...lines, '```', ''];
}
