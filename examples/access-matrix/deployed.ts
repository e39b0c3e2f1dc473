/** Roles and users as they are deployed, from the templates that an app has synthesized. Copy this file and matrix.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A role or a user. */
export interface Identity {
  readonly arn: string;
  readonly tags: Record<string, string>;
  /** What it is allowed and denied. */
  readonly policies: object[];
  /** Who may assume it; users have none. */
  readonly trust?: object;
}

interface Synthesized {
  readonly account: string;
  readonly region: string;
  readonly resources: Record<string, { readonly Type: string; readonly Properties?: any }>;
  readonly outputs: Record<string, any>;
}

/** Where a resource has its name, and how its ARN goes on; both are in the account, and neither in a Region. */
const ARNS: Record<string, [name: string, arn: string]> = {
  'AWS::IAM::Role': ['RoleName', 'role'],
  'AWS::IAM::User': ['UserName', 'user'],
  'AWS::IAM::Group': ['GroupName', 'group'],
  'AWS::IAM::ManagedPolicy': ['ManagedPolicyName', 'policy'],
};

/** What an app deploys that decides who reaches what. */
export class Deployed {
  private readonly stacks: Synthesized[];

  /**
   * @param folder What `cdk synth` wrote, such as 'cdk.out', whichever language the app is written in.
   * @param managed Policies that no template has, such as AWS's own, by ARN.
   */
  constructor(folder: string, private readonly managed: Record<string, object> = {}) {
    this.stacks = stacksIn(folder);
  }

  /** The role of that name. */
  public role(name: string): Identity {
    return this.identity('AWS::IAM::Role', name);
  }

  /** The user of that name. */
  public user(name: string): Identity {
    return this.identity('AWS::IAM::User', name);
  }

  /** Whether S3 looks at the tags of the bucket of that name; it does not for one that no template has. */
  public bucketAbac(name: string): boolean {
    return this.stacks.some(stack => Object.entries(stack.resources).some(([id, { Type, Properties }]) =>
      Type === 'AWS::S3::Bucket' && this.nameOf(stack, id) === name && Properties?.AbacStatus === 'Enabled'));
  }

  private identity(type: string, name: string): Identity {
    const [found, ...others] = this.stacks.flatMap(stack => Object.entries(stack.resources)
      .filter(([id, resource]) => resource.Type === type && this.nameOf(stack, id) === name).map(([id]) => ({ stack, id })));
    if (!found || others.length > 0) {
      throw new Error(`${found ? 'more than one' : 'no'} ${type} is called ${name}`);
    }
    const { stack, id } = found;
    const { Tags = [], Groups = [], AssumeRolePolicyDocument } = stack.resources[id].Properties;
    return {
      arn: this.arnOf(stack, id),
      tags: Object.fromEntries(this.render(stack, Tags).map(({ Key, Value }: any) => [Key, Value])),
      policies: [id, ...Groups.map(({ Ref }: any) => Ref)].flatMap(each => this.policiesOf(stack, each)),
      trust: this.render(stack, AssumeRolePolicyDocument),
    };
  }

  /** Those in it, those that it names, and those that name it. */
  private policiesOf(stack: Synthesized, id: string): object[] {
    const { Policies = [], ManagedPolicyArns = [] } = stack.resources[id].Properties ?? {};
    const name = this.nameOf(stack, id);
    const naming = Object.values(stack.resources).filter(({ Type, Properties: policy }) => /^AWS::IAM::(Managed)?Policy$/.test(Type)
      && this.render(stack, [policy.Roles, policy.Users, policy.Groups]).flat().includes(name));
    return [
      ...[...Policies, ...naming.map(policy => policy.Properties)].map(policy => this.render(stack, policy.PolicyDocument)),
      ...ManagedPolicyArns.map((arn: unknown) => this.managedPolicy(this.render(stack, arn))),
    ];
  }

  private managedPolicy(arn: string): object {
    const [found] = this.stacks.flatMap(stack => Object.entries(stack.resources)
      .filter(([id, { Type }]) => Type === 'AWS::IAM::ManagedPolicy' && this.arnOf(stack, id) === arn)
      .map(([, { Properties }]) => this.render(stack, Properties.PolicyDocument)));
    const policy = found ?? this.managed[arn];
    if (!policy) {
      throw new Error(`no template has the policy ${arn}: pass it to Deployed`);
    }
    return policy;
  }

  /** The name that the template states; else the logical id. */
  private nameOf(stack: Synthesized, id: string): string {
    const { Type, Properties = {} } = stack.resources[id];
    return this.render(stack, Properties[ARNS[Type]?.[0] ?? 'BucketName'] ?? id);
  }

  private arnOf(stack: Synthesized, id: string): string {
    const { Type, Properties: { Path = '/' } = {} } = stack.resources[id];
    return Type === 'AWS::S3::Bucket' ? `arn:aws:s3:::${this.nameOf(stack, id)}` : `arn:aws:iam::${stack.account}:${ARNS[Type][1]}${Path}${this.nameOf(stack, id)}`;
  }

  /** Without intrinsic functions: with the value that CloudFormation would put in, as far as it follows from the templates. */
  private render(stack: Synthesized, value: any): any {
    if (Array.isArray(value)) {
      return value.map(each => this.render(stack, each));
    }
    if (typeof value !== 'object' || value === null) {
      return value;
    }
    const [[name, argument] = ['', undefined]] = Object.entries<any>(value);
    switch (name) {
      case 'Ref': return this.referred(stack, argument);
      case 'Fn::GetAtt': return argument[1] === 'Arn' && this.hasArn(stack, argument[0]) ? this.arnOf(stack, argument[0]) : `<${argument.join('.')}>`;
      case 'Fn::Join': return this.render(stack, argument[1]).join(argument[0]);
      case 'Fn::ImportValue': return this.exported(argument);
    }
    if (name.startsWith('Fn::')) {
      throw new Error(`${name} is rendered nowhere yet`);
    }
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, this.render(stack, each)]));
  }

  private referred(stack: Synthesized, id: string): string {
    const pseudo: Record<string, string> = { 'AWS::Partition': 'aws', 'AWS::AccountId': stack.account, 'AWS::Region': stack.region, 'AWS::URLSuffix': 'amazonaws.com' };
    if (id in pseudo) {
      return pseudo[id];
    }
    return stack.resources[id]?.Type === 'AWS::IAM::ManagedPolicy' ? this.arnOf(stack, id) : this.hasArn(stack, id) ? this.nameOf(stack, id) : `<${id}>`;
  }

  private hasArn(stack: Synthesized, id: string): boolean {
    const type = stack.resources[id]?.Type ?? '';
    return type in ARNS || type === 'AWS::S3::Bucket';
  }

  private exported(name: unknown): unknown {
    const [value] = this.stacks.flatMap(stack => Object.values(stack.outputs).filter(output => output.Export?.Name === name)
      .map(output => this.render(stack, output.Value)));
    return value;
  }
}

/** The stacks of an app, and of the stages in it. */
function stacksIn(folder: string): Synthesized[] {
  const { artifacts } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8'));
  return Object.values<any>(artifacts).flatMap(({ type, environment, properties }) => {
    if (type === 'cdk:cloud-assembly') {
      return stacksIn(join(folder, properties.directoryName));
    }
    if (type !== 'aws:cloudformation:stack') {
      return [];
    }
    const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment)!;
    const { Resources = {}, Outputs = {} } = JSON.parse(readFileSync(join(folder, properties.templateFile), 'utf8'));
    // A stack without an environment can be deployed anywhere: to be judged it needs an account.
    return [{ account: account.replace('unknown-account', '123456789012'), region: region.replace('unknown-region', 'us-east-1'), resources: Resources, outputs: Outputs }];
  });
}
