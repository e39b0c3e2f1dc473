import type { Row } from '../../test/support/flow-logs/query-engine';
import type { Answer } from '../statement';

/** The rows with the names of their columns; times are dates. */
export function rowsOf({ columns, rows }: Answer): Row[] {
  const cell = (value: unknown, type: string) => type.startsWith('timestamp') && value !== null ? new Date(String(value).replace(' UTC', 'Z')) : value;
  return rows.map(row => Object.fromEntries(columns.map(({ name, type }, index) => [name, cell(row[index], type)])));
}

/** All rows in any order; cells that are not stated may be anything. */
export function expectRows(rows: Row[], expected: Row[]): void {
  expect(rows).toHaveLength(expected.length);
  expect(rows).toEqual(expect.arrayContaining(expected.map(row => expect.objectContaining(row))));
}
