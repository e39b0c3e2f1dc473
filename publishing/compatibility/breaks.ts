/** What this file needs to know of an assembly: https://aws.github.io/jsii/specification/3-jsii-spec/ is more. */
export interface Assembly {
  readonly types: Record<string, { properties?: Member[]; methods?: Member[] }>;
}

interface Member {
  name: string;
  optional?: boolean;
  parameters?: object[];
  type?: object;
  returns?: object;
}

/** A change of the public API, and what jsii-diff must say of it. */
export interface PlantedChange {
  readonly name: string;
  plant(assembly: Assembly): void;
  /** Undefined: nobody's program breaks, and it must pass. */
  readonly finding?: RegExp;
}

const TEXT = { primitive: 'string' };

/** The ways a library breaks a program that compiled yesterday, each planted on an API of ours, and two that break nothing. */
export const PLANTED_CHANGES: PlantedChange[] = [
  {
    name: 'a method is removed',
    plant: ({ types }) => {
      const plan = types['cdk-resilience.TaggedBackupPlan'];
      plan.methods = plan.methods!.filter(method => method.name !== 'protect');
    },
    finding: /TaggedBackupPlan\.protect.*has been removed/,
  },
  {
    name: 'a class is removed',
    plant: ({ types }) => {
      delete types['cdk-resilience.BackupRule'];
    },
    finding: /BackupRule.*has been removed/,
  },
  {
    name: 'an optional prop becomes required',
    plant: ({ types }) => {
      delete named(types['cdk-resilience.TaggedBackupPlanProps'].properties!, 'tagKey').optional;
    },
    finding: /newly required property 'tagKey'/,
  },
  {
    name: 'a method takes one argument more',
    plant: ({ types }) => {
      named(types['cdk-resilience.TaggedBackupPlan'].methods!, 'protect').parameters!.push({ name: 'reason', type: TEXT });
    },
    finding: /TaggedBackupPlan\.protect.*newly required argument/,
  },
  {
    name: 'a property changes its type',
    plant: ({ types }) => {
      named(types['cdk-resilience.TaggedBackupPlan'].properties!, 'vault').type = TEXT;
    },
    finding: /TaggedBackupPlan\.vault.*type/,
  },
  {
    name: 'an optional prop is added',
    plant: ({ types }) => {
      types['cdk-resilience.TaggedBackupPlanProps'].properties!.push({ name: 'added', optional: true, type: TEXT, immutable: true, abstract: true } as Member);
    },
  },
  { name: 'nothing changes', plant: () => undefined },
];

function named(members: Member[], name: string): Member {
  const member = members.find(each => each.name === name);
  if (!member) {
    throw new Error(`the API has no '${name}' any more: plant this change on another member`);
  }
  return member;
}
