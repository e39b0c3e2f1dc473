import { isPartitionKey, KNOWN_COLUMNS } from './query-names';
import type { ParsedTemplate } from './query-template';
import { placeholdersOf } from './query-template';
import type { QueryValue } from './query-value';
import { isKnown, quoted } from '../../private/validation';
import type { Findings } from '../../private/validation';

const MAX_NAME = 128;
const MAX_DESCRIPTION = 1024;
const MAX_SQL_BYTES = 262_144;
const PARAMETER = /^[a-z]\w*$/i;
const RESERVED = ['table', 'window'];

/** What is judged of a query of the team's own. */
interface OwnQuery {
  readonly name: string;
  readonly description: string;
  readonly sql: string;
  readonly parameters?: { readonly [name: string]: QueryValue };
  readonly caveats?: string[];
  readonly template: ParsedTemplate;
}

/** Everything that Athena would refuse, or that would read more than was meant. */
export function findNamedQueryProblems(findings: Findings, query: OwnQuery): void {
  const { name, sql } = query;
  const description = [query.description, ...query.caveats ?? []].join(' ');
  findings.require(!isKnown(name) || (name.trim() !== '' && name.length <= MAX_NAME),
    `'name' must have 1 to ${MAX_NAME} characters, got: ${name.trim() === '' ? 'none' : name.length}; name it after what it finds`);
  findings.require(query.description.trim() !== '', '\'description\' must say what the query finds, got: nothing; write it for whoever is on call');
  findings.require(description.length <= MAX_DESCRIPTION,
    `'description' and 'caveats' must have ${MAX_DESCRIPTION} characters together at most, got: ${description.length}; Athena keeps no more, shorten them`);
  if (!isKnown(sql)) {
    findings.require(false, '\'sql\' must be known at synth, got: an unresolved token; pass what is not as a parameter: QueryValue.text(token)');
    return;
  }
  findings.require(Buffer.byteLength(sql) <= MAX_SQL_BYTES, `'sql' must have ${MAX_SQL_BYTES} bytes at most, got: ${Buffer.byteLength(sql)}; Athena takes no more`);
  findSqlProblems(findings, query.template, sql);
  findParameterProblems(findings, query.template, query.parameters ?? {});
}

/** One SELECT, of our table, that does not read all of it. */
function findSqlProblems(findings: Findings, template: ParsedTemplate, sql: string): void {
  const placeholders = placeholdersOf(template);
  const start = /^(?:\s|--[^\n]*\n|\/\*[\s\S]*?\*\/)*\(?\s*(\w*)/.exec(sql)![1];
  findings.require(/^(?:select|with)$/i.test(start), `'sql' must begin with SELECT or WITH, got: '${start}'; a query only reads`);
  findings.require(placeholders.includes('table'), '\'sql\' must read {table}, got: no such name; write FROM {table}');
  findings.require(['window', 'day', 'year'].some(name => placeholders.includes(name)),
    '\'sql\' must say which days it reads, got: none; write WHERE {window}, or all that was ever logged is read and paid for');
  for (const stray of template.strays) {
    findings.require(false, `'sql' must have no ${STRAYS[stray]}`);
  }
}

const STRAYS: Record<string, string> = {
  '\'': 'quote that is left open, got: \'; close it, and double it inside of text',
  '"': 'quote that is left open, got: "; close it',
  '`': 'backticks, got: `; Athena quotes names with " in a SELECT',
  '{': 'brace without a name in it, got: {; a name begins with a letter and has letters, digits and _',
  '}': 'brace without a name in it, got: }; a name begins with a letter and has letters, digits and _',
  ';': 'semicolon, got: \';\'; write one statement, and nothing behind it',
  'END': 'END without its CASE, got: END; the column is {end}',
};

/** Names in braces that mean something, and parameters that are used. */
function findParameterProblems(findings: Findings, template: ParsedTemplate, parameters: { readonly [name: string]: QueryValue }): void {
  const names = Object.keys(parameters);
  const placeholders = placeholdersOf(template);
  const isOther = (name: string) => RESERVED.includes(name) || KNOWN_COLUMNS.has(name) || isPartitionKey(name);
  const unknown = placeholders.filter(name => !names.includes(name) && !isOther(name));
  findings.require(unknown.length === 0,
    `'sql' must have a field, a partition key or a parameter for each name in braces, got: ${quoted(unknown)}; correct it, or add it to 'parameters'`);
  const inQuotes = names.filter(name => template.quotedPlaceholders.includes(name));
  findings.require(inQuotes.length === 0, `'sql' must have parameters outside of quotes and comments, got inside: ${quoted(inQuotes)}; QueryValue.text writes the quotes`);
  const unused = names.filter(name => !placeholders.includes(name) && !inQuotes.includes(name));
  findings.require(unused.length === 0, `'parameters' must be used, got unused: ${quoted(unused)}; write {${unused[0]}} in 'sql', or remove it`);
  for (const name of names) {
    findings.require(PARAMETER.test(name), `'parameters' must have names of letters, digits and _ that begin with a letter, got: '${name}'; rename it`);
    findings.require(!isOther(name), `'parameters' must not be named as a field, a partition key, 'table' or 'window', got: '${name}'; rename it`);
    const problem = parameters[name]._problem();
    findings.require(problem === undefined, `'${name}' of 'parameters' ${problem}`);
  }
}
