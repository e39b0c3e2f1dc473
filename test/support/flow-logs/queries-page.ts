import { queryableTable } from './tables';
import { NamedQuery } from '../../../src/flow-logs-to-athena/queries/named-query';

/** Parameters of the factories, beside `window` and `limit`, with their defaults. */
const PARAMETERS: Readonly<Record<string, string>> = {
  'rejected-ssh-rdp': '`ports` ([22, 3389])',
  'port-scan': '`threshold` (20 ports)',
  'host-sweep': '`threshold` (20 hosts)',
  'brute-force': '`ports` ([22, 3389, 3306, 5432, 1433]), `threshold` (20 connections within an hour)',
  'exfiltration': '`minimumSize` (1 GiB)',
  'one-way-flows': '`minimumPackets` (3)',
  'unexpected-protocols': '`expected` ([1, 6, 17, 58])',
};

/** The sections of docs/flow-log-queries.md, in the order of the pack: what stands there is what the code says. */
export function sectionsOfPage(): string[] {
  return NamedQuery.pack().map(query => {
    const fields = query._missing(queryableTable({ columns: [] })).map(field => field.replace(/^field '(.*)'$/, '`$1`'));
    const factory = query.name.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    return [
      `## NamedQuery.${factory}`,
      query.description,
      [
        `| Name in Athena | \`${query.name}\` |`,
        '|---|---|',
        `| Parameters | ${PARAMETERS[query.name] ? `${PARAMETERS[query.name]}, ` : ''}\`window\`, \`limit\` |`,
        `| Traffic | ${query.traffic ? `\`${query.traffic}\` or \`ALL\`` : 'any'} |`,
        `| Fields | ${fields.join(', ')} |`,
      ].join('\n'),
      query.caveats.map(caveat => `* ${caveat}`).join('\n'),
    ].join('\n\n');
  });
}
