import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmulatorError } from './errors';

/** What the emulator does of one resource type. The list is recorded.json. */
export interface TypeFacts {
  /** What really happens; empty when nothing does. */
  readonly acts: string;
  /** What can be read back and has no effect: recorded, not proved. */
  readonly recorded: string;
  /** Properties that are accepted and lost, with the reason; `Replicas.Tags` is that of each entry. */
  readonly dropped?: Record<string, string>;
}

/** One type of a deployment, and what may be believed of it. */
export interface RecordedRow {
  readonly type: string;
  readonly count: number;
  readonly acts: string;
  readonly recorded: string;
}

interface TemplateResource { readonly Type: string; readonly Properties?: Record<string, unknown> }

/** The list as it is committed. */
export function knownTypes(): Record<string, TypeFacts> {
  return JSON.parse(readFileSync(join(__dirname, 'recorded.json'), 'utf8'));
}

/** All resources of the templates in the folder of a cloud assembly. */
export function resourcesOf(assembly: string): TemplateResource[] {
  return readdirSync(assembly).filter(file => file.endsWith('.template.json'))
    .flatMap(file => Object.values<TemplateResource>(JSON.parse(readFileSync(join(assembly, file), 'utf8')).Resources ?? {}));
}

/** Custom resources run the code of their handler; those of integ-tests each have a type of their own. */
const CUSTOM_RESOURCE = /^Custom::|^AWS::CloudFormation::CustomResource$/;

/** What was only recorded of a deployment. A type that is not in the list fails: the list can not grow stale. */
export function recordedRows(resources: TemplateResource[], types = knownTypes()): RecordedRow[] {
  const names = [...new Set(resources.map(resource => resource.Type))].filter(name => !CUSTOM_RESOURCE.test(name)).sort();
  const unknown = names.filter(name => !(name in types));
  if (unknown.length > 0) {
    throw new EmulatorError(`integ/emulator/recorded.json says nothing of ${unknown.join(', ')}: find out what the emulator does of it, and add it`);
  }
  return names.map(type => {
    const all = resources.filter(resource => resource.Type === type);
    const dropped = Object.entries(types[type].dropped ?? {})
      .filter(([property]) => all.some(resource => says(resource.Properties, property.split('.'))))
      .map(([property, reason]) => `${property} dropped: ${reason}`);
    return { type, count: all.length, acts: types[type].acts, recorded: [types[type].recorded, ...dropped].join('; ') };
  });
}

/** Whether a property is given, at this path or at this path of any entry. */
function says(value: unknown, [name, ...deeper]: string[]): boolean {
  if (Array.isArray(value)) {
    return value.some(entry => says(entry, [name, ...deeper]));
  }
  if (typeof value !== 'object' || value === null || !(name in value)) {
    return false;
  }
  return deeper.length === 0 || says((value as Record<string, unknown>)[name], deeper);
}

/** Rows as plain text; columns as wide as what is in them. */
export function formatTable(header: string[], rows: string[][]): string {
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map(row => row[column].length)));
  const line = (cells: string[]) => cells.map((cell, column) => cell.padEnd(widths[column])).join('  ').trimEnd();
  return [line(header), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

/** The list that every report on a deployment prints. */
export function formatRecorded(rows: RecordedRow[]): string {
  return formatTable(['Type', 'Count', 'Acts here', 'Only recorded'], rows.map(row => [row.type, String(row.count), row.acts || '-', row.recorded]));
}
