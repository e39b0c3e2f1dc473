import { FlowLogField } from './flow-log-field';
import type { FlowLogFieldType } from './flow-log-field-type';
import { TransitGatewayField } from './transit-gateway-field';

/** A field of a log, and the column of the table that shows it. */
export interface LoggedField {
  /** The name in the log format, such as `log-status`. */
  readonly name: string;
  /** The name of the column in Parquet and in the table, such as `log_status`. */
  readonly column: string;
  /** Its type in both. */
  readonly type: FlowLogFieldType;
}

/** The tags of one kind of resource that a log shows. */
export interface TagsOfKind {
  /** `instance`, `network-interface` or `auto-scaling-group`. */
  readonly resourceType: string;
  /** The keys, in the order of their fields. */
  readonly tagKeys: string[];
}

/**
 * The fields of a flow log, stated once: the log format, the columns of the table, the patterns of filters and the queries
 * that are possible all follow from this list.
 *
 * Another list replaces the flow log, which AWS can not change. The table keeps its name and shows the new columns; rows
 * that were logged before have NULL in them.
 *
 * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
export class FlowLogFormat {
  /** The 14 fields of version 2, which AWS logs when nobody says otherwise. */
  public static default(): FlowLogFormat {
    return new FlowLogFormat(FlowLogField._all().filter(field => field.version === 2), false);
  }

  /** What the queries of `NamedQuery` need: 29 fields. */
  public static security(): FlowLogFormat {
    return FlowLogFormat.default().with(
      FlowLogField.VPC_ID, FlowLogField.SUBNET_ID, FlowLogField.INSTANCE_ID, FlowLogField.TCP_FLAGS, FlowLogField.TYPE,
      FlowLogField.PKT_SRCADDR, FlowLogField.PKT_DSTADDR, FlowLogField.AZ_ID, FlowLogField.PKT_SRC_AWS_SERVICE,
      FlowLogField.PKT_DST_AWS_SERVICE, FlowLogField.FLOW_DIRECTION, FlowLogField.TRAFFIC_PATH, FlowLogField.REJECT_REASON,
      FlowLogField.NEXT_HOP_AZ_ID, FlowLogField.NEXT_HOP_INTERFACE_TYPE,
    );
  }

  /** All 48 fields that need no tag. Those of ECS need permissions of whoever deploys: see `FlowLogField.ECS_CLUSTER_ARN`. */
  public static all(): FlowLogFormat {
    return new FlowLogFormat(FlowLogField._all(), false);
  }

  /** Fields of your own choice, in any order. */
  public static of(fields: FlowLogField[]): FlowLogFormat {
    return new FlowLogFormat(fields, false);
  }

  /** All 36 fields of a transit gateway. */
  public static transitGateway(): FlowLogFormat {
    return new FlowLogFormat(TransitGatewayField._all(), true);
  }

  /** Fields of a transit gateway, of your own choice. */
  public static ofTransitGateway(fields: TransitGatewayField[]): FlowLogFormat {
    return new FlowLogFormat(fields, true);
  }

  /**
   * What is logged, in this order.
   *
   * @internal
   */
  public readonly _fields: LoggedField[];

  private constructor(
    private readonly chosen: readonly (FlowLogField | TransitGatewayField)[],
    /** Whether it is the schema of a transit gateway, which is another one, and has no `action`. */
    public readonly isTransitGateway: boolean,
  ) {
    this._fields = chosen.map((field, index) => {
      const name = nameAmong(chosen.slice(0, index), field);
      return { name, column: columnOf(name), type: field.type };
    });
  }

  /** This format and these fields behind it. */
  public with(...fields: FlowLogField[]): FlowLogFormat {
    return new FlowLogFormat([...this.chosen, ...fields], this.isTransitGateway);
  }

  /** The log format as AWS takes it: `${version} ${account-id} …`. */
  public get logFormat(): string {
    return this._fields.map(field => `\${${field.name}}`).join(' ');
  }

  /** The columns of the table, in the order of the log: `version`, `account_id`, … */
  public get columns(): string[] {
    return this._fields.map(field => field.column);
  }

  /**
   * The tags that AWS must be told of beside the log format. They follow from the fields, so that neither is without the
   * other.
   *
   * @internal
   */
  public _tags(): TagsOfKind[] {
    const tags = this.chosen.flatMap(field => tagOf(field) ?? []);
    return [...new Set(tags.map(tag => tag.resourceType))]
      .map(resourceType => ({ resourceType, tagKeys: tags.filter(tag => tag.resourceType === resourceType).map(tag => tag.key) }));
  }
}

/** The column of a field. */
export function columnOf(field: string): string {
  return field.replace(/-/g, '_');
}

/** Trap: all tags of a kind would have one name. AWS calls the second `instance-tag-2`, and has no third. */
function nameAmong(before: readonly (FlowLogField | TransitGatewayField)[], field: FlowLogField | TransitGatewayField): string {
  const place = tagOf(field) ? before.filter(({ name }) => name === field.name).length + 1 : 1;
  return place === 1 ? field.name : `${field.name}-${place}`;
}

function tagOf(field: FlowLogField | TransitGatewayField): FlowLogField['_tag'] {
  return (field as FlowLogField)._tag;
}
