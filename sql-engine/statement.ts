/** What the engine answered to one statement. */
export interface Answer {
  readonly columns: { readonly name: string; readonly type: string }[];
  readonly rows: unknown[][];
  /** Pieces of files that were worked on, of all stages. */
  readonly splits: number;
  /** What was read of files. */
  readonly bytes: number;
  readonly milliseconds: number;
}

/** Why the engine refused a statement. */
export class SqlError extends Error {
  constructor(
    /** The name that the documentation has it under, such as `COLUMN_NOT_FOUND`. */
    public readonly code: string,
    message: string,
  ) {
    super(`${code}: ${message}`);
  }
}

interface Page {
  readonly columns?: { name: string; type: string }[];
  readonly data?: unknown[][];
  readonly nextUri?: string;
  readonly error?: { errorName: string; message: string };
  readonly stats: { completedSplits: number; physicalInputBytes: number; elapsedTimeMillis: number };
}

/** Runs a statement to its end and collects all its rows. */
export async function execute(engine: string, sql: string, schema?: string): Promise<Answer> {
  const headers = {
    'X-Trino-User': 'tests',
    'X-Trino-Catalog': 'awsdatacatalog',
    'X-Trino-Time-Zone': 'UTC',
    ...schema ? { 'X-Trino-Schema': schema } : {},
  };
  let page = await json(fetch(`${engine}/v1/statement`, { method: 'POST', headers, body: sql }));
  let columns = page.columns;
  const rows = [...page.data ?? []];
  while (page.nextUri) {
    page = await json(fetch(page.nextUri));
    columns ??= page.columns;
    rows.push(...page.data ?? []);
  }
  if (page.error) {
    throw new SqlError(page.error.errorName, page.error.message);
  }
  const { completedSplits, physicalInputBytes, elapsedTimeMillis } = page.stats;
  return {
    columns: (columns ?? []).map(({ name, type }) => ({ name, type })),
    rows,
    splits: completedSplits,
    bytes: physicalInputBytes,
    milliseconds: elapsedTimeMillis,
  };
}

async function json(answer: Promise<Response>): Promise<Page> {
  const response = await answer;
  if (!response.ok) {
    throw new Error(`the SQL engine answered ${response.status} to a request: ${await response.text()}`);
  }
  return await response.json() as Page;
}
