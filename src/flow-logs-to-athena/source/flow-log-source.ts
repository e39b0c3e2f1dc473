import type { ISubnet, IVpc } from 'aws-cdk-lib/aws-ec2';
import { FlowLogResourceType } from 'aws-cdk-lib/aws-ec2';
import type { IResource } from 'aws-cdk-lib/core';

/** What an id of each kind looks like. */
const IDS: Record<string, RegExp> = {
  NetworkInterface: /^eni-[0-9a-f]{8,17}$/,
  TransitGateway: /^tgw-[0-9a-f]{8,17}$/,
  TransitGatewayAttachment: /^tgw-attach-[0-9a-f]{8,17}$/,
};

/**
 * Whose traffic is logged.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
 */
export class FlowLogSource {
  /** All network interfaces of a VPC, those of tomorrow included. */
  public static vpc(vpc: IVpc): FlowLogSource {
    return new FlowLogSource(FlowLogResourceType.fromVpc(vpc), false, vpc);
  }

  /** All network interfaces of a subnet. */
  public static subnet(subnet: ISubnet): FlowLogSource {
    return new FlowLogSource(FlowLogResourceType.fromSubnet(subnet), false, subnet);
  }

  /** One network interface: `eni-…`. */
  public static networkInterface(networkInterfaceId: string): FlowLogSource {
    return new FlowLogSource(FlowLogResourceType.fromNetworkInterfaceId(networkInterfaceId), false);
  }

  /** All attachments of a transit gateway (`tgw-…`) of this account. Its schema is another one: `FlowLogFormat.transitGateway()`. */
  public static transitGateway(transitGatewayId: string): FlowLogSource {
    return new FlowLogSource(FlowLogResourceType.fromTransitGatewayId(transitGatewayId), true);
  }

  /** One attachment of a transit gateway of this account: `tgw-attach-…`, neither multicast nor Connect. */
  public static transitGatewayAttachment(attachmentId: string): FlowLogSource {
    return new FlowLogSource(FlowLogResourceType.fromTransitGatewayAttachmentId(attachmentId), true);
  }

  private constructor(
    /** @internal */
    public readonly _resourceType: FlowLogResourceType,
    /** Whether it is a transit gateway, or an attachment of one. */
    public readonly isTransitGateway: boolean,
    /** @internal What it is the traffic of, where this app knows it. */
    public readonly _resource?: IResource,
  ) {}

  /** @internal What an id of this kind looks like; undefined where CDK has it from a resource. */
  public get _idPattern(): RegExp | undefined {
    return IDS[this._resourceType.resourceType];
  }
}
