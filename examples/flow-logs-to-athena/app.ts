/**
 * Two VPCs of a shop, in two Regions, and a security account that keeps and reads what their networks did. The account of the
 * shop can not remove what it wrote. What must be known within minutes stays with the shop: alarms on rejected SSH and RDP.
 */
import { App, Duration, Fn, Stack } from 'aws-cdk-lib';
import type { StackProps } from 'aws-cdk-lib';
import { FlowLogTrafficType, IpAddresses, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountRootPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import {
  CentralFlowLogs, CentralFlowLogsBucket, Finding, FlowLogAccounts, FlowLogSource, FlowLogsToCentralBucket, FlowLogsToCloudWatch,
  InsightsQuery, NamedQuery, QueryValue, QueryWindow,
} from 'cdk-resilience';
import type { FlowLogsAnalysis } from 'cdk-resilience';

/** Put your own accounts and Regions here. */
export const SHOP_ACCOUNT = '111111111111';
export const SECURITY_ACCOUNT = '222222222222';
export const IRELAND = 'eu-west-1';
export const FRANKFURT = 'eu-central-1';

/** What both accounts know of the bucket: a package that they share would hold it. */
export const LOGS = CentralFlowLogsBucket.of({
  bucketName: `flow-logs-${SECURITY_ACCOUNT}-${IRELAND}`,
  accounts: FlowLogAccounts.of([SHOP_ACCOUNT]),
  regions: [IRELAND, FRANKFURT],
});

/** Which addresses the database ports were reached from: a question of the shop's own. */
const DATABASE_CLIENTS = NamedQuery.of({
  name: 'database-clients',
  description: 'Who connected to a database, and how much was read',
  sql: `SELECT {srcaddr}, {dstaddr}, {dstport}, count(*) AS records, sum({bytes}) AS total_bytes
FROM {table}
WHERE {window} AND {action} = 'ACCEPT' AND {flow_direction} = 'ingress' AND {dstport} IN ({ports})
GROUP BY {srcaddr}, {dstaddr}, {dstport}
ORDER BY records DESC
LIMIT 100`,
  parameters: { ports: QueryValue.numbers([3306, 5432]) },
});

/** Where the logs of both accounts are, for either side. */
export interface FlowLogsStackProps extends StackProps {
  readonly bucket: CentralFlowLogsBucket;
}

/** The bucket, the questions, and a daily answer to those that matter. */
export class SecurityStack extends Stack {
  public readonly logs: CentralFlowLogs;
  public readonly analysis: FlowLogsAnalysis;

  constructor(scope: Construct, id: string, props: FlowLogsStackProps) {
    super(scope, id, props);
    this.logs = new CentralFlowLogs(this, 'FlowLogs', { bucket: props.bucket, retention: Duration.days(365) });
    this.logs.addQueries([...NamedQuery.pack(), DATABASE_CLIENTS]);
    this.logs.grantQuery(new Role(this, 'Analysts', { roleName: 'network-analysts', assumedBy: new AccountRootPrincipal() }));

    // From yesterday on: files of an hour may come after it has ended.
    const window = QueryWindow.last(Duration.days(1));
    this.analysis = this.logs.analyze('Daily', {
      schedule: ScheduleExpression.cron({ hour: '6', minute: '0' }),
      findings: [
        Finding.of(NamedQuery.portScan({ window })),
        Finding.of(NamedQuery.bruteForce({ window })),
        Finding.of(NamedQuery.exfiltration({ window })),
        // A handful of refused connections is noise: people mistype.
        Finding.of(NamedQuery.rejectedSshRdp({ window }), { threshold: 10 }),
      ],
    });
  }
}

/** One VPC of the shop: its log goes to the security account, what is rejected also to CloudWatch. */
export class NetworkStack extends Stack {
  public readonly alarms: FlowLogsToCloudWatch;

  constructor(scope: Construct, id: string, props: FlowLogsStackProps & { readonly cidr: string }) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Vpc', { ipAddresses: IpAddresses.cidr(props.cidr), maxAzs: 2, natGateways: 0 });
    const source = FlowLogSource.vpc(vpc);
    new FlowLogsToCentralBucket(this, 'FlowLogs', { source, bucket: props.bucket });

    this.alarms = new FlowLogsToCloudWatch(this, 'RejectedTraffic', { source, traffic: FlowLogTrafficType.REJECT });
    this.alarms.alarmOnRejects({ port: 22, threshold: 100 });
    this.alarms.alarmOnRejects({ port: 3389, threshold: 100 });
    this.alarms.addInsightsQuery(InsightsQuery.rejectedByPort());
  }

  /** The first two zones, whatever they are called: synth asks no account for their names. */
  public get availabilityZones(): string[] {
    return [0, 1].map(zone => Fn.select(zone, Fn.getAzs()));
  }
}

/** Adds the security account and both networks. The bucket is first: AWS asks it when a log is created. */
export function build(app: App, bucket = LOGS): { security: SecurityStack; networks: NetworkStack[] } {
  const security = new SecurityStack(app, 'FlowLogs', { env: { account: SECURITY_ACCOUNT, region: IRELAND }, bucket });
  const networks = [[IRELAND, '10.10.0.0/16'], [FRANKFURT, '10.20.0.0/16']].map(([region, cidr]) => {
    const network = new NetworkStack(app, `Network-${region}`, { env: { account: SHOP_ACCOUNT, region }, bucket, cidr });
    network.addStackDependency(security);
    return network;
  });
  return { security, networks };
}

if (require.main === module) {
  build(new App());
}
