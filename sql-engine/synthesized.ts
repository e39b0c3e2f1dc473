import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { TableInput } from './glue-endpoint';

/** A table and its queries, as a template has them. */
export interface SynthesizedCatalog {
  readonly database: string;
  readonly table: TableInput;
  /** The SQL of each named query. */
  readonly queries: ReadonlyMap<string, string>;
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/**
 * Reads the catalog of a stack that has one. What CloudFormation would put in place of references is filled in, and nothing
 * else is touched.
 *
 * @param bucket Stands for every bucket of the stack.
 */
export function synthesizedCatalog(stack: Stack, bucket: string): SynthesizedCatalog {
  const template = Template.fromStack(stack);
  const properties = (type: string) => Object.values(template.findResources(type))
    .map(resource => resolve(resource.Properties as Json, reference(template, stack, bucket)) as Record<string, Json>);
  const [table, ...more] = properties('AWS::Glue::Table');
  if (!table || more.length > 0) {
    throw new Error(`one table is expected in '${stack.stackName}', found: ${more.length + (table ? 1 : 0)}`);
  }
  return {
    database: table.DatabaseName as string,
    table: table.TableInput as unknown as TableInput,
    queries: new Map(properties('AWS::Athena::NamedQuery').map(query => [query.Name as string, query.QueryString as string])),
  };
}

/** What `Ref` is of a bucket, and of what every template knows. */
function reference(template: Template, stack: Stack, bucket: string): (name: string) => string {
  const buckets = Object.keys(template.findResources('AWS::S3::Bucket'));
  const pseudo: Record<string, string> = { 'AWS::AccountId': stack.account, 'AWS::Region': stack.region, 'AWS::Partition': 'aws' };
  return name => {
    const value = buckets.includes(name) ? bucket : pseudo[name] ?? (template.findResources('AWS::Athena::WorkGroup')[name] && name);
    if (value === undefined) {
      throw new Error(`nothing is known to put in place of a reference to '${name}'`);
    }
    return value;
  };
}

function resolve(value: Json, ref: (name: string) => string): Json {
  if (Array.isArray(value)) {
    return value.map(item => resolve(item, ref));
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const [name, ...others] = Object.keys(value);
  if (others.length === 0 && name === 'Ref') {
    return ref(value.Ref as string);
  }
  if (others.length === 0 && name === 'Fn::Join') {
    const [delimiter, items] = resolve(value[name], ref) as [string, string[]];
    return items.join(delimiter);
  }
  if (others.length === 0 && name?.startsWith('Fn::')) {
    throw new Error(`nothing is known to put in place of ${JSON.stringify(value)}`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item, ref)]));
}
