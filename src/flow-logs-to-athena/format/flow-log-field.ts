import { FlowLogFieldType } from './flow-log-field-type';

/**
 * A field of a flow log of a VPC, a subnet or a network interface. Log format, table, filters and queries all follow from
 * the list of these that a `FlowLogFormat` holds.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
export class FlowLogField {
  /** The version of the record: the highest of its fields. */
  public static readonly VERSION = new FlowLogField('version', 2, FlowLogFieldType.INT_32);
  /** The account that owns the interface. */
  public static readonly ACCOUNT_ID = new FlowLogField('account-id', 2, FlowLogFieldType.STRING);
  /** The network interface; `-` for a regional NAT gateway. */
  public static readonly INTERFACE_ID = new FlowLogField('interface-id', 2, FlowLogFieldType.STRING);
  /** The source address; for outgoing traffic the primary private address of the interface. */
  public static readonly SRCADDR = new FlowLogField('srcaddr', 2, FlowLogFieldType.STRING);
  /** The destination address; for incoming traffic the primary private address of the interface. */
  public static readonly DSTADDR = new FlowLogField('dstaddr', 2, FlowLogFieldType.STRING);
  /** The source port. */
  public static readonly SRCPORT = new FlowLogField('srcport', 2, FlowLogFieldType.INT_32);
  /** The destination port. */
  public static readonly DSTPORT = new FlowLogField('dstport', 2, FlowLogFieldType.INT_32);
  /** The IANA number of the protocol: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6. */
  public static readonly PROTOCOL = new FlowLogField('protocol', 2, FlowLogFieldType.INT_32);
  /** Packets of the flow in the aggregation interval. */
  public static readonly PACKETS = new FlowLogField('packets', 2, FlowLogFieldType.INT_64);
  /** Bytes of the flow in the aggregation interval. */
  public static readonly BYTES = new FlowLogField('bytes', 2, FlowLogFieldType.INT_64);
  /** When the first packet was seen, Unix seconds. */
  public static readonly START = new FlowLogField('start', 2, FlowLogFieldType.INT_64);
  /** When the last packet was seen, Unix seconds. */
  public static readonly END = new FlowLogField('end', 2, FlowLogFieldType.INT_64);
  /** `ACCEPT`, or `REJECT` by security groups, network ACLs, or because the connection was closed. */
  public static readonly ACTION = new FlowLogField('action', 2, FlowLogFieldType.STRING);
  /** `OK`, `NODATA`, or `SKIPDATA` when records are lost. */
  public static readonly LOG_STATUS = new FlowLogField('log-status', 2, FlowLogFieldType.STRING);
  /** The VPC of the interface. */
  public static readonly VPC_ID = new FlowLogField('vpc-id', 3, FlowLogFieldType.STRING);
  /** The subnet of the interface; `-` for a regional NAT gateway. */
  public static readonly SUBNET_ID = new FlowLogField('subnet-id', 3, FlowLogFieldType.STRING);
  /** The instance of the interface, if it is yours. */
  public static readonly INSTANCE_ID = new FlowLogField('instance-id', 3, FlowLogFieldType.STRING);
  /** FIN 1, SYN 2, RST 4, SYN-ACK 18, or-ed over the aggregation interval. */
  public static readonly TCP_FLAGS = new FlowLogField('tcp-flags', 3, FlowLogFieldType.INT_32);
  /** `IPv4`, `IPv6` or `EFA`. */
  public static readonly TYPE = new FlowLogField('type', 3, FlowLogFieldType.STRING);
  /** The source address of the packet itself: behind NAT, a secondary address, a pod. */
  public static readonly PKT_SRCADDR = new FlowLogField('pkt-srcaddr', 3, FlowLogFieldType.STRING);
  /** The destination address of the packet itself. */
  public static readonly PKT_DSTADDR = new FlowLogField('pkt-dstaddr', 3, FlowLogFieldType.STRING);
  /** The Region of the interface. A partition of the table knows it, too. */
  public static readonly REGION = new FlowLogField('region', 4, FlowLogFieldType.STRING);
  /** The id of the Availability Zone. */
  public static readonly AZ_ID = new FlowLogField('az-id', 4, FlowLogFieldType.STRING);
  /** `wavelength`, `outpost` or `localzone`. */
  public static readonly SUBLOCATION_TYPE = new FlowLogField('sublocation-type', 4, FlowLogFieldType.STRING);
  /** The id of the sublocation. */
  public static readonly SUBLOCATION_ID = new FlowLogField('sublocation-id', 4, FlowLogFieldType.STRING);
  /** The AWS service that the source address belongs to. */
  public static readonly PKT_SRC_AWS_SERVICE = new FlowLogField('pkt-src-aws-service', 5, FlowLogFieldType.STRING);
  /** The AWS service that the destination address belongs to. */
  public static readonly PKT_DST_AWS_SERVICE = new FlowLogField('pkt-dst-aws-service', 5, FlowLogFieldType.STRING);
  /** `ingress` or `egress`, as seen by the interface. */
  public static readonly FLOW_DIRECTION = new FlowLogField('flow-direction', 5, FlowLogFieldType.STRING);
  /** How egress traffic leaves: 1 same VPC, 2 internet gateway or gateway endpoint, 3 VPN gateway, 4 and 5 peering, 6 Local Zone, 7 gateway endpoint, 8 internet gateway. */
  public static readonly TRAFFIC_PATH = new FlowLogField('traffic-path', 5, FlowLogFieldType.INT_32);
  /** The ECS cluster ARN of the task. */
  public static readonly ECS_CLUSTER_ARN = new FlowLogField('ecs-cluster-arn', 7, FlowLogFieldType.STRING);
  /** The ECS cluster name of the task. */
  public static readonly ECS_CLUSTER_NAME = new FlowLogField('ecs-cluster-name', 7, FlowLogFieldType.STRING);
  /** The ECS container instance ARN of the task. */
  public static readonly ECS_CONTAINER_INSTANCE_ARN = new FlowLogField('ecs-container-instance-arn', 7, FlowLogFieldType.STRING);
  /** The ECS container instance id of the task. */
  public static readonly ECS_CONTAINER_INSTANCE_ID = new FlowLogField('ecs-container-instance-id', 7, FlowLogFieldType.STRING);
  /** The ECS container id of the task. */
  public static readonly ECS_CONTAINER_ID = new FlowLogField('ecs-container-id', 7, FlowLogFieldType.STRING);
  /** The ECS second container id of the task. */
  public static readonly ECS_SECOND_CONTAINER_ID = new FlowLogField('ecs-second-container-id', 7, FlowLogFieldType.STRING);
  /** The ECS service name of the task. */
  public static readonly ECS_SERVICE_NAME = new FlowLogField('ecs-service-name', 7, FlowLogFieldType.STRING);
  /** The ECS task definition ARN of the task. */
  public static readonly ECS_TASK_DEFINITION_ARN = new FlowLogField('ecs-task-definition-arn', 7, FlowLogFieldType.STRING);
  /** The ECS task ARN of the task. */
  public static readonly ECS_TASK_ARN = new FlowLogField('ecs-task-arn', 7, FlowLogFieldType.STRING);
  /** The ECS task id of the task. */
  public static readonly ECS_TASK_ID = new FlowLogField('ecs-task-id', 7, FlowLogFieldType.STRING);
  /** `BPA` (block public access), `EC` (encryption controls) or `-`. */
  public static readonly REJECT_REASON = new FlowLogField('reject-reason', 8, FlowLogFieldType.STRING);
  /** The id of the regional NAT gateway. */
  public static readonly RESOURCE_ID = new FlowLogField('resource-id', 9, FlowLogFieldType.STRING);
  /** 0 none, 1 Nitro, 2 application, 3 both. */
  public static readonly ENCRYPTION_STATUS = new FlowLogField('encryption-status', 10, FlowLogFieldType.INT_32);
  /** The type of the interface. */
  public static readonly INTERFACE_TYPE = new FlowLogField('interface-type', 11, FlowLogFieldType.STRING);
  /** The next hop interface id. */
  public static readonly NEXT_HOP_INTERFACE_ID = new FlowLogField('next-hop-interface-id', 11, FlowLogFieldType.STRING);
  /** The next hop subnet id. */
  public static readonly NEXT_HOP_SUBNET_ID = new FlowLogField('next-hop-subnet-id', 11, FlowLogFieldType.STRING);
  /** The next hop zone id. */
  public static readonly NEXT_HOP_AZ_ID = new FlowLogField('next-hop-az-id', 11, FlowLogFieldType.STRING);
  /** The next hop vpc id. */
  public static readonly NEXT_HOP_VPC_ID = new FlowLogField('next-hop-vpc-id', 11, FlowLogFieldType.STRING);
  /** The type of the interface that the packet goes to next, such as `nat_gateway`. */
  public static readonly NEXT_HOP_INTERFACE_TYPE = new FlowLogField('next-hop-interface-type', 11, FlowLogFieldType.STRING);

  /**
   * The value of a tag of the instance, percent-encoded. The role that creates the log needs `ec2:DescribeTags` and
   * `iam:CreateServiceLinkedRole`. Values of the first hour are unreliable.
   *
   * @param key The key of the tag; two of a kind at most.
   */
  public static instanceTag(key: string): FlowLogField {
    return new FlowLogField('instance-tag', 11, FlowLogFieldType.STRING, { resourceType: 'instance', key });
  }

  /** The value of a tag of the network interface: see `instanceTag`. */
  public static interfaceTag(key: string): FlowLogField {
    return new FlowLogField('interface-tag', 11, FlowLogFieldType.STRING, { resourceType: 'network-interface', key });
  }

  /** The value of a tag of the Auto Scaling group: see `instanceTag`. It needs a CloudTrail trail besides, and `autoscaling:DescribeTags`. */
  public static autoScalingGroupTag(key: string): FlowLogField {
    return new FlowLogField('asg-tag', 11, FlowLogFieldType.STRING, { resourceType: 'auto-scaling-group', key });
  }

  /**
   * All that need no tag, in the order of their versions.
   *
   * @internal
   */
  public static _all(): FlowLogField[] {
    return Object.values(FlowLogField).filter((field): field is FlowLogField => field instanceof FlowLogField);
  }

  /** @internal */
  private constructor(
    /** The name in a log format, such as `log-status`. The second tag of a kind has `-2` behind it in a format. */
    public readonly name: string,
    /** The version of flow logs that knows it. */
    public readonly version: number,
    /** Its type in Parquet and in the table. */
    public readonly type: FlowLogFieldType,
    /** @internal The tag that it shows. */
    public readonly _tag?: { readonly resourceType: string; readonly key: string },
  ) {}
}
