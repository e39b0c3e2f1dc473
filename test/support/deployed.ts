import { Template } from 'aws-cdk-lib/assertions';
import type { IFileSystem } from 'aws-cdk-lib/aws-efs';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import { Stack } from 'aws-cdk-lib/core';
import type { IConstruct } from 'constructs';

/** What CloudFormation puts in for what a template refers to. */
export interface Referred {
  /** For `Ref`. */
  ref(id: string): string;
  /** For `Fn::GetAtt`. */
  attribute(id: string, name: string): string;
  /** For `Fn::ImportValue`. */
  imported?(name: string): any;
  /** For `Fn::GetStackOutput`. */
  output?(stack: string, name: string): any;
}

/** A part of a template without intrinsic functions. */
export function render(value: any, referred: Referred): any {
  if (Array.isArray(value)) {
    return value.map(each => render(each, referred));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  if ('Ref' in value) {
    return referred.ref(value.Ref);
  }
  if ('Fn::GetAtt' in value) {
    return referred.attribute(value['Fn::GetAtt'][0], value['Fn::GetAtt'][1]);
  }
  if ('Fn::ImportValue' in value) {
    return referred.imported!(value['Fn::ImportValue']);
  }
  if ('Fn::GetStackOutput' in value) {
    return referred.output!(value['Fn::GetStackOutput'].StackName, value['Fn::GetStackOutput'].OutputName);
  }
  if ('Fn::Sub' in value) {
    return value['Fn::Sub'].replace(/\$\{([^}]+)\}/g, (_: string, name: string) => referred.ref(name));
  }
  if ('Fn::Join' in value) {
    return render(value['Fn::Join'][1], referred).join(value['Fn::Join'][0]);
  }
  const unknown = Object.keys(value).find(key => key.startsWith('Fn::'));
  if (unknown) {
    throw new Error(`${unknown} is rendered nowhere yet`);
  }
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, render(each, referred)]));
}

const FILE_SYSTEM = 'AWS::EFS::FileSystem';
const ROLE = 'AWS::IAM::Role';
const PREFIXES: Record<string, string> = { [FILE_SYSTEM]: 'fs-', 'AWS::EFS::AccessPoint': 'fsap-' };
const NAMES: Record<string, string> = { [FILE_SYSTEM]: 'file-system/', 'AWS::EFS::AccessPoint': 'access-point/', [ROLE]: 'role/' };

/** The policies of an app's templates as they are deployed: resources have ids as AWS gives them, and ARNs with these. */
export class Deployed {
  private readonly templates = new Map<Stack, any>();

  constructor(...stacks: Stack[]) {
    for (const stack of stacks) {
      this.templates.set(stack, Template.fromStack(stack).toJSON());
    }
  }

  /** What a token, such as an ARN, of this construct comes to. */
  public value(construct: IConstruct, token: unknown): any {
    const stack = Stack.of(construct);
    return render(stack.resolve(token), this.referredIn(stack));
  }

  /**
   * The policy of a file system; undefined when it has none. Its statements may leave out the resource: CloudFormation
   * takes that, and EFS takes them to be about the file system that has the policy. An evaluator knows of no such default
   * (ours would take them to be about everything), and so they name the file system here.
   */
  public policyOf(fileSystem: IFileSystem): any {
    const policy = this.resource(fileSystem).Properties.FileSystemPolicy;
    return policy && render({
      ...policy,
      Statement: policy.Statement.map((statement: object) => ({ Resource: { 'Fn::GetAtt': [this.idOf(fileSystem), 'Arn'] }, ...statement })),
    }, this.referredIn(fileSystem.stack));
  }

  /** What a role is allowed by policies of its own. Fails for one with managed policies, which no template shows. */
  public policiesOf(role: IRole): any[] {
    const id = this.idOf(role);
    const { Properties: { ManagedPolicyArns, Policies = [] } } = this.resource(role);
    expect(ManagedPolicyArns).toBeUndefined();
    const attached = [...this.templates].flatMap(([stack, { Resources }]) => Object.values<any>(Resources)
      .filter(({ Type, Properties }) => Type === 'AWS::IAM::Policy' && Properties.Roles.some(({ Ref }: any) => Ref === id) && stack === role.stack)
      .map(({ Properties }) => render(Properties.PolicyDocument, this.referredIn(stack))));
    return [...Policies.map((policy: any) => render(policy.PolicyDocument, this.referredIn(role.stack))), ...attached];
  }

  private idOf(construct: IConstruct): string {
    const stack = Stack.of(construct);
    return stack.resolve(stack.getLogicalId(construct.node.defaultChild as never));
  }

  private resource(construct: IConstruct): any {
    return this.templates.get(Stack.of(construct)).Resources[this.idOf(construct)];
  }

  private referredIn(stack: Stack): Referred {
    const pseudo: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::AccountId': stack.account, 'AWS::Region': stack.region };
    const { Resources } = this.templates.get(stack);
    const ref = (id: string) => pseudo[id] ?? physicalId(stack, id, Resources[id].Type);
    return {
      ref,
      attribute: (id, name) => name === 'Arn' ? arnOf(stack, Resources[id].Type, ref(id)) : `${ref(id)}.${name}`,
      imported: name => this.output(([,, output]) => output.Export?.Name === name),
      output: (stackName, name) => this.output(([producer, id]) => producer.stackName === stackName && id === name),
    };
  }

  private output(wanted: (output: [Stack, string, any]) => boolean): any {
    const all = [...this.templates].flatMap(([stack, { Outputs = {} }]) =>
      Object.entries(Outputs).map(([id, output]): [Stack, string, any] => [stack, id, output]));
    const [stack,, { Value }] = all.find(wanted)!;
    return render(Value, this.referredIn(stack));
  }
}

function arnOf(stack: Stack, type: string, id: string): string {
  const [, service] = type.toLowerCase().replace('::efs::', '::elasticfilesystem::').split('::');
  return `arn:aws:${service}:${type === ROLE ? '' : stack.region}:${stack.account}:${NAMES[type] ?? ''}${id}`;
}

/** Roles and all the rest keep their logical ids for a name; EFS gives hexadecimal ones. */
function physicalId(stack: Stack, id: string, type: string): string {
  const digits = [...`${stack.stackName}/${id}`].reduce((hash, character) => (hash * 31n + BigInt(character.charCodeAt(0))) % 16n ** 17n, 7n);
  return type in PREFIXES ? `${PREFIXES[type]}${digits.toString(16).padStart(17, '0')}` : id;
}
