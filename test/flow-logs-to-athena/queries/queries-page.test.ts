import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { NamedQuery } from '../../../src/flow-logs-to-athena/queries/named-query';
import { sectionsOfPage } from '../../support/flow-logs/queries-page';

const page = readFileSync(resolve(__dirname, '../../../docs/flow-log-queries.md'), 'utf8');

test('the page says of each query what the code says', () => {
  expect(page.slice(page.indexOf('## NamedQuery.')).trim()).toBe(sectionsOfPage().join('\n\n'));
});

test('and calls it by its factory', () => {
  const factories = [...page.matchAll(/^## NamedQuery\.(\w+)$/gm)].map(match => match[1]);
  const pack = NamedQuery as unknown as Record<string, () => NamedQuery>;
  expect(factories.map(factory => pack[factory]().name)).toEqual(NamedQuery.pack().map(query => query.name));
});
