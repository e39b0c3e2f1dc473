/**
 * What plans switch on in the Region's settings of AWS Backup, and who puts it back: decided here, done in
 * region-settings.lambda.ts. Nothing here calls AWS.
 *
 * A setting is told by its map and its key, as `ResourceTypeOptInPreference/S3`.
 */
const OPT_IN = 'ResourceTypeOptInPreference';
const MANAGEMENT = 'ResourceTypeManagementPreference';

/** How the parameters of the lists are called below the path of the plan. */
export const LISTS = { wanted: 'wanted', switchedOn: 'switched-on' } as const;

/** What the custom resource is told. */
export interface RegionSettingsProperties {
  /** Where the plan keeps its lists in Parameter Store: a parameter each, below this path. */
  readonly ParameterPath: string;
  /** The types of resources that must be switched on, as AWS Backup calls them. */
  readonly ResourceTypes: string[];
}

/** The settings as AWS Backup tells and takes them. */
export interface RegionSettings {
  /**
   * Which types of resources plans back up by tag.
   *
   * @default - none is told, or none is changed
   */
  readonly ResourceTypeOptInPreference?: Record<string, boolean>;
  /**
   * Which types are fully managed by AWS Backup.
   *
   * @default - none is told, or none is changed
   */
  readonly ResourceTypeManagementPreference?: Record<string, boolean>;
}

/** The two lists that a plan keeps. */
export interface PlanLists {
  /** The settings it needs. Written by the plan alone, before it looks at the settings. */
  readonly wanted: string[];
  /** The settings that it, or a plan that went before, has switched on and that must be put back one day. */
  readonly switchedOn: string[];
}

/** The lists of all plans of the account and Region, by the path of the plan. */
export type Plans = Record<string, PlanLists>;

/** What is to be done, in this order: a crash between two steps loses nothing, and the same request again does the rest. */
export interface Decision {
  /** What the plan answers for before anything is switched. */
  readonly before: string[];
  /** What other plans answer for from now on, by their path, with what they want and this plan no longer does. */
  readonly heirs: Record<string, string[]>;
  /** What is switched on. */
  readonly on: string[];
  /** What is put back. What somebody switched off meanwhile is not in it: it is as it was. */
  readonly off: string[];
  /** What the plan answers for when all is done. */
  readonly after: string[];
}

/** The settings that backups of these types need. */
export function settingsFor(resourceTypes: string[]): string[] {
  // Without full management ("advanced features") tables can neither be copied nor moved to cold storage.
  return resourceTypes.flatMap(type => [`${OPT_IN}/${type}`, ...type === 'DynamoDB' ? [`${MANAGEMENT}/${type}`] : []]);
}

/** What must be done so that what the plan wants is on, and what it no longer wants is as it was before. */
export function decide(path: string, wanted: string[], plans: Plans, settings: RegionSettings): Decision {
  const unknown = wanted.filter(setting => valueOf(settings, setting) === undefined);
  if (unknown.length > 0) {
    throw new UnknownSettingError(unknown);
  }
  const known = plans[path]?.switchedOn ?? [];
  const on = wanted.filter(setting => valueOf(settings, setting) === false);
  const before = union(known, on);
  const unwanted = before.filter(setting => !wanted.includes(setting));
  const { heirs, handedOver } = handOver(path, unwanted, plans);
  return {
    before,
    heirs,
    on,
    off: unwanted.filter(setting => !handedOver.includes(setting) && valueOf(settings, setting) === true),
    after: before.filter(setting => wanted.includes(setting)),
  };
}

/**
 * Who answers from now on for settings that the plan does not need: for each, the first other plan that wants it. One is
 * enough: it will hand the setting on itself.
 */
export function handOver(path: string, settings: string[], plans: Plans): Pick<Decision, 'heirs'> & { handedOver: string[] } {
  const others = Object.keys(plans).filter(other => other !== path).sort();
  const heirs: Record<string, string[]> = {};
  const handedOver: string[] = [];
  for (const setting of settings) {
    const heir = others.find(other => plans[other].wanted.includes(setting));
    if (heir !== undefined) {
      heirs[heir] = union(heirs[heir] ?? plans[heir].switchedOn, [setting]);
      handedOver.push(setting);
    }
  }
  return { heirs, handedOver };
}

/** The settings to be switched, as AWS Backup takes them: only those that change, and only the maps that have some. */
export function renderChanges(on: string[], off: string[]): RegionSettings {
  const changes: Record<string, Record<string, boolean>> = {};
  for (const [settings, value] of [[on, true], [off, false]] as const) {
    for (const setting of settings) {
      const [map, key] = split(setting);
      (changes[map] ??= {})[key] = value;
    }
  }
  return changes;
}

/** The lists of the plans, from the parameters that hold them. A parameter that is none of ours is passed over. */
export function readPlans(parameters: { readonly Name?: string; readonly Value?: string }[]): Plans {
  const plans: Record<string, { wanted: string[]; switchedOn: string[] }> = {};
  for (const { Name = '', Value = '' } of parameters) {
    const [, path, list] = /^(.+)\/([^/]+)$/.exec(Name) ?? [];
    const key = list === LISTS.wanted ? 'wanted' : list === LISTS.switchedOn ? 'switchedOn' : undefined;
    if (key) {
      (plans[path] ??= { wanted: [], switchedOn: [] })[key] = readList(Name, Value);
    }
  }
  return plans;
}

/** The Region does not have what the plan wants. */
export class UnknownSettingError extends Error {
  constructor(settings: string[]) {
    super(`AWS Backup has no setting ${settings.map(setting => `'${setting}'`).join(', ')} in this Region: `
      + `remove ${[...new Set(settings.map(setting => split(setting)[1]))].join(', ')} from 'optIn'`);
    this.name = 'UnknownSettingError';
  }
}

function readList(name: string, value: string): string[] {
  try {
    const list: unknown = JSON.parse(value);
    if (Array.isArray(list) && list.every(item => typeof item === 'string')) {
      return list;
    }
  } catch {
    // told below
  }
  throw new Error(`parameter '${name}' must hold a JSON list of settings, got: '${value}'; restore an earlier version of it from its history`);
}

function valueOf(settings: RegionSettings, setting: string): boolean | undefined {
  const [map, key] = split(setting);
  return settings[map]?.[key];
}

function split(setting: string): [keyof RegionSettings, string] {
  const slash = setting.indexOf('/');
  return [setting.slice(0, slash) as keyof RegionSettings, setting.slice(slash + 1)];
}

function union(a: string[], b: string[]): string[] {
  return [...a, ...b.filter(item => !a.includes(item))];
}
