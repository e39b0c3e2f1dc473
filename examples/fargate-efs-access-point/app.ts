/**
 * A shop that keeps what its customers upload. Two services share one file system in Ireland: one that takes uploads, and
 * one that reports on them and may not change them. Frankfurt has a copy that is half an hour old at most, and a service
 * that shows it every day that the copy can be mounted.
 */
import { App, Duration, Fn, Stack, Validations } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { IpAddresses, Peer, Port, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, ContainerInsights, FargateService, FargateTaskDefinition, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { ApplicationLoadBalancedFargateService } from 'aws-cdk-lib/aws-ecs-patterns';
import type { Construct } from 'constructs';
import {
  BackupResourceType, BackupTier, DirectoryOwner, FargateEfsAccessPoint, FileSystemBackups, FileSystemReplication, MountAccess,
  RecoveryObjectives, TaggedBackupPlan,
} from 'cdk-resilience';

/** Put your own account, Regions and images here. */
export const SHOP_ACCOUNT = '111111111111';
export const IRELAND = 'eu-west-1';
export const FRANKFURT = 'eu-central-1';
const UPLOADS_IMAGE = 'public.ecr.aws/nginx/nginx:stable';
const REPORTS_IMAGE = 'public.ecr.aws/docker/library/busybox:stable';

interface UploadsStackProps extends StackProps {
  /** Of the VPC: networks that will be connected one day must not overlap. */
  readonly network: string;
  /** Where the files are copied to. @default - this is the copy */
  readonly standby?: UploadsStack;
}

/** The services and their files in one Region. */
export class UploadsStack extends Stack {
  public readonly vpc: Vpc;
  public readonly uploads: FargateEfsAccessPoint;
  public readonly reports: FargateEfsAccessPoint;
  public readonly uploadService: ApplicationLoadBalancedFargateService;
  public readonly reportService: FargateService;

  constructor(scope: Construct, id: string, private readonly props: UploadsStackProps) {
    super(scope, id, props);
    this.vpc = new Vpc(this, 'Vpc', { maxAzs: 2, ipAddresses: IpAddresses.cidr(props.network) });
    const cluster = new Cluster(this, 'Cluster', { vpc: this.vpc, containerInsightsV2: ContainerInsights.ENABLED });

    // A file that is deleted here is deleted there within the half hour: replication does not replace backups. The tier has
    // a name of its own, as plans select by their tag whatever stack a resource is of.
    const backups = props.standby && new TaggedBackupPlan(this, 'Backups', {
      tiers: [BackupTier.of('uploads', {
        objectives: RecoveryObjectives.of({ rto: Duration.hours(8), rpo: Duration.hours(24) }),
        keepFor: Duration.days(35),
      })],
      optIn: [BackupResourceType.EFS],
    });
    this.uploads = new FargateEfsAccessPoint(this, 'Uploads', {
      vpc: this.vpc,
      directory: '/uploads',
      newFileSystem: {
        backups: backups ? FileSystemBackups.tier(backups, 'uploads') : FileSystemBackups.none('a copy of files that are backed up in Ireland'),
        replication: props.standby
          ? FileSystemReplication.to(props.standby.uploads, { rpo: Duration.minutes(30) })
          : FileSystemReplication.replica(),
      },
      alarmTopic: backups?.alarmTopic, // one topic to subscribe to
    });
    this.reports = new FargateEfsAccessPoint(this, 'Reports', {
      vpc: this.vpc,
      directory: '/reports',
      // A task is the user of the directory that it works in: 1000 in the uploads, whichever service it is of, and 2000 here.
      owner: DirectoryOwner.of({ uid: 2000, gid: 2000 }),
      fileSystem: this.uploads.fileSystem,
    });

    this.uploadService = this.createUploadService(cluster);
    this.reportService = this.createReportService(cluster);
    Validations.of(this.vpc).acknowledge({ id: 'AwsSolutions-VPC7', reason: 'flow logs of all VPCs are written by the organization' });
  }

  /** The first two zones, whatever they are called: synth asks no account for their names. */
  public get availabilityZones(): string[] {
    return [0, 1].map(zone => Fn.select(zone, Fn.getAzs()));
  }

  /**
   * Takes uploads, from the network of the shop alone: the load balancer is internal, and speaks HTTP. TLS ends in front
   * of it, in CloudFront with a VPC origin. For a public one pass `certificate` and `redirectHTTP`.
   */
  private createUploadService(cluster: Cluster): ApplicationLoadBalancedFargateService {
    const service = new ApplicationLoadBalancedFargateService(this, 'UploadService', {
      cluster,
      taskImageOptions: { image: ContainerImage.fromRegistry(UPLOADS_IMAGE), containerPort: 80 },
      // One task in Frankfurt: it serves what has arrived, can write nothing before failover, and would tell today if the
      // copy could not be mounted.
      desiredCount: this.props.standby ? 2 : 1,
      publicLoadBalancer: false,
      openListener: false,
      circuitBreaker: { rollback: true },
      minHealthyPercent: 100,
    });
    service.loadBalancer.connections.allowFrom(Peer.ipv4(this.props.network), Port.tcp(80), 'the network of the shop');
    Validations.of(service.loadBalancer).acknowledge({ id: 'AwsSolutions-ELB2', reason: 'requests are logged by CloudFront in front of it' });

    this.uploads.mount(service.taskDefinition.defaultContainer!, '/uploads');
    this.uploads.attachTo(service.service);
    return service;
  }

  /** Writes every hour what has been uploaded. It sees the uploads, and can not change them. */
  private createReportService(cluster: Cluster): FargateService {
    const taskDefinition = new FargateTaskDefinition(this, 'ReportTask');
    const container = taskDefinition.addContainer('reports', {
      image: ContainerImage.fromRegistry(REPORTS_IMAGE),
      command: ['sh', '-c', 'while :; do du -a /uploads > /reports/uploads.txt; sleep 3600; done'],
      logging: LogDriver.awsLogs({ streamPrefix: 'reports' }),
    });
    const service = new FargateService(this, 'ReportService', {
      cluster,
      taskDefinition,
      desiredCount: this.props.standby ? 1 : 0, // in Frankfurt it starts at failover: before, it could write no report
      circuitBreaker: { rollback: true },
      // Never two at once that write the same file.
      minHealthyPercent: 0,
      maxHealthyPercent: 100,
    });

    this.uploads.mount(container, '/uploads', MountAccess.readOnly());
    this.reports.mount(container, '/reports');
    this.uploads.attachTo(service);
    this.reports.attachTo(service);
    return service;
  }
}

/** Adds both Regions to the app. Frankfurt needs nothing of Ireland, and is deployed first. */
export function build(app: App): { ireland: UploadsStack; frankfurt: UploadsStack } {
  const frankfurt = new UploadsStack(app, `Uploads-${FRANKFURT}`, { env: { account: SHOP_ACCOUNT, region: FRANKFURT }, network: '10.1.0.0/16' });
  const ireland = new UploadsStack(app, `Uploads-${IRELAND}`, {
    env: { account: SHOP_ACCOUNT, region: IRELAND }, network: '10.0.0.0/16', standby: frankfurt,
  });
  return { ireland, frankfurt };
}

if (require.main === module) {
  build(new App());
}
