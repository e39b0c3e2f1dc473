import { FlowLogFieldType } from './flow-log-field-type';

/**
 * A field of a flow log of a transit gateway: another schema, with no action, as a gateway rejects nothing.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html
 */
export class TransitGatewayField {
  /** The version of the record: the highest of its fields. */
  public static readonly VERSION = new TransitGatewayField('version', FlowLogFieldType.INT_32);
  /** The resource type. */
  public static readonly RESOURCE_TYPE = new TransitGatewayField('resource-type', FlowLogFieldType.STRING);
  /** The account id. */
  public static readonly ACCOUNT_ID = new TransitGatewayField('account-id', FlowLogFieldType.STRING);
  /** The transit gateway id. */
  public static readonly TGW_ID = new TransitGatewayField('tgw-id', FlowLogFieldType.STRING);
  /** The transit gateway attachment id. */
  public static readonly TGW_ATTACHMENT_ID = new TransitGatewayField('tgw-attachment-id', FlowLogFieldType.STRING);
  /** The transit gateway source vpc account id. */
  public static readonly TGW_SRC_VPC_ACCOUNT_ID = new TransitGatewayField('tgw-src-vpc-account-id', FlowLogFieldType.STRING);
  /** The transit gateway destination vpc account id. */
  public static readonly TGW_DST_VPC_ACCOUNT_ID = new TransitGatewayField('tgw-dst-vpc-account-id', FlowLogFieldType.STRING);
  /** The transit gateway source vpc id. */
  public static readonly TGW_SRC_VPC_ID = new TransitGatewayField('tgw-src-vpc-id', FlowLogFieldType.STRING);
  /** The transit gateway destination vpc id. */
  public static readonly TGW_DST_VPC_ID = new TransitGatewayField('tgw-dst-vpc-id', FlowLogFieldType.STRING);
  /** The transit gateway source subnet id. */
  public static readonly TGW_SRC_SUBNET_ID = new TransitGatewayField('tgw-src-subnet-id', FlowLogFieldType.STRING);
  /** The transit gateway destination subnet id. */
  public static readonly TGW_DST_SUBNET_ID = new TransitGatewayField('tgw-dst-subnet-id', FlowLogFieldType.STRING);
  /** The transit gateway source interface. */
  public static readonly TGW_SRC_ENI = new TransitGatewayField('tgw-src-eni', FlowLogFieldType.STRING);
  /** The transit gateway destination interface. */
  public static readonly TGW_DST_ENI = new TransitGatewayField('tgw-dst-eni', FlowLogFieldType.STRING);
  /** The transit gateway source zone id. */
  public static readonly TGW_SRC_AZ_ID = new TransitGatewayField('tgw-src-az-id', FlowLogFieldType.STRING);
  /** The transit gateway destination zone id. */
  public static readonly TGW_DST_AZ_ID = new TransitGatewayField('tgw-dst-az-id', FlowLogFieldType.STRING);
  /** The transit gateway pair attachment id. */
  public static readonly TGW_PAIR_ATTACHMENT_ID = new TransitGatewayField('tgw-pair-attachment-id', FlowLogFieldType.STRING);
  /** The sourceaddr. */
  public static readonly SRCADDR = new TransitGatewayField('srcaddr', FlowLogFieldType.STRING);
  /** The destinationaddr. */
  public static readonly DSTADDR = new TransitGatewayField('dstaddr', FlowLogFieldType.STRING);
  /** The source port. */
  public static readonly SRCPORT = new TransitGatewayField('srcport', FlowLogFieldType.INT_32);
  /** The destination port. */
  public static readonly DSTPORT = new TransitGatewayField('dstport', FlowLogFieldType.INT_32);
  /** The IANA number of the protocol: 1 ICMP, 6 TCP, 17 UDP, 58 ICMPv6. */
  public static readonly PROTOCOL = new TransitGatewayField('protocol', FlowLogFieldType.INT_32);
  /** Packets of the flow in the aggregation interval. */
  public static readonly PACKETS = new TransitGatewayField('packets', FlowLogFieldType.INT_64);
  /** Bytes of the flow in the aggregation interval. */
  public static readonly BYTES = new TransitGatewayField('bytes', FlowLogFieldType.INT_64);
  /** When the first packet was seen, Unix seconds. */
  public static readonly START = new TransitGatewayField('start', FlowLogFieldType.INT_64);
  /** When the last packet was seen, Unix seconds. */
  public static readonly END = new TransitGatewayField('end', FlowLogFieldType.INT_64);
  /** `OK`, `NODATA`, or `SKIPDATA` when records are lost. */
  public static readonly LOG_STATUS = new TransitGatewayField('log-status', FlowLogFieldType.STRING);
  /** `IPv4`, `IPv6` or `EFA`. */
  public static readonly TYPE = new TransitGatewayField('type', FlowLogFieldType.STRING);
  /** The packets lost no route. */
  public static readonly PACKETS_LOST_NO_ROUTE = new TransitGatewayField('packets-lost-no-route', FlowLogFieldType.INT_64);
  /** The packets lost blackhole. */
  public static readonly PACKETS_LOST_BLACKHOLE = new TransitGatewayField('packets-lost-blackhole', FlowLogFieldType.INT_64);
  /** The packets lost mtu exceeded. */
  public static readonly PACKETS_LOST_MTU_EXCEEDED = new TransitGatewayField('packets-lost-mtu-exceeded', FlowLogFieldType.INT_64);
  /** The packets lost ttl expired. */
  public static readonly PACKETS_LOST_TTL_EXPIRED = new TransitGatewayField('packets-lost-ttl-expired', FlowLogFieldType.INT_64);
  /** FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32, or-ed over the minute. */
  public static readonly TCP_FLAGS = new TransitGatewayField('tcp-flags', FlowLogFieldType.INT_32);
  /** The region. */
  public static readonly REGION = new TransitGatewayField('region', FlowLogFieldType.STRING);
  /** The flow direction. */
  public static readonly FLOW_DIRECTION = new TransitGatewayField('flow-direction', FlowLogFieldType.STRING);
  /** The AWS service that the source address belongs to. */
  public static readonly PKT_SRC_AWS_SERVICE = new TransitGatewayField('pkt-src-aws-service', FlowLogFieldType.STRING);
  /** The AWS service that the destination address belongs to. */
  public static readonly PKT_DST_AWS_SERVICE = new TransitGatewayField('pkt-dst-aws-service', FlowLogFieldType.STRING);

  /**
   * All of them, in the order that AWS logs them in.
   *
   * @internal
   */
  public static _all(): TransitGatewayField[] {
    return Object.values(TransitGatewayField).filter((field): field is TransitGatewayField => field instanceof TransitGatewayField);
  }

  private constructor(
    /** The name in a log format. */
    public readonly name: string,
    /** Its type in Parquet and in the table. */
    public readonly type: FlowLogFieldType,
  ) {}
}
