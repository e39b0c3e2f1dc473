import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';
import { COLUMN_TYPES } from './columns';

/** A node of the tree that the grammar makes. */
interface TreeNode {
  readonly children?: TreeNode[] | null;
  getText(): string;
}

/** As far as we use it of dt-sql-parser. */
interface Parser {
  parse(sql: string, onError: (error: { readonly message: string }) => void): TreeNode;
}

/** What Trino has, of what the queries call: DuckDB has others. */
const FUNCTIONS = [
  'approx_distinct', 'bitwise_and', 'concat', 'count', 'count_if', 'date_format', 'date_trunc', 'from_unixtime', 'greatest', 'least', 'max', 'min',
  'regexp_like', 'round', 'strpos', 'substr', 'sum',
];

/** The grammar of Trino, and beside it what the grammar lets pass, DuckDB takes, and Trino refuses or answers otherwise. */
export class TrinoGrammar {
  /** The parser is written in modules that Node can not import: it is bundled first. */
  public static load(): TrinoGrammar {
    const folder = mkdtempSync(join(tmpdir(), 'trino-grammar-'));
    const outfile = join(folder, 'grammar.cjs');
    try {
      buildSync({
        stdin: { contents: 'export { TrinoSQL } from "dt-sql-parser/dist/parser/trino";', resolveDir: resolve(__dirname, '../../..') },
        bundle: true,
        platform: 'node',
        format: 'cjs',
        keepNames: true,
        outfile,
      });
      // eslint-disable-next-line @typescript-eslint/no-require-imports
      const { TrinoSQL } = require(outfile) as { TrinoSQL: new () => Parser };
      return new TrinoGrammar(new TrinoSQL());
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  private constructor(private readonly parser: Parser) {}

  /** What is wrong with the query; nothing when Trino would take it. */
  public problemsOf(sql: string): string[] {
    const errors: string[] = [];
    const tree = this.parser.parse(sql, error => errors.push(error.message));
    return errors.length > 0 ? errors : [...problemsOfTree(tree), ...problemsOfTypes(sql)];
  }
}

function problemsOfTree(tree: TreeNode): string[] {
  const problems: string[] = [];
  for (const query of nodesOf(tree, 'QuerySpecificationContext')) {
    const items = query.children!.filter(node => nameOf(node) === 'SelectListContext').flatMap(node => node.children!);
    const aliases = items.filter(node => nameOf(node) === 'SelectItemContext' && node.children!.length === 3).map(node => node.children![2].getText());
    const clauses = query.children!.filter(node => ['WhereClauseContext', 'GroupByContext', 'HavingClauseContext'].includes(nameOf(node)));
    const used = clauses.flatMap(clause => [...nodesOf(clause, 'ColumnReferenceContext'), ...nodesOf(clause, 'ColumnRefContext')]).map(node => node.getText());
    problems.push(...aliases.filter(alias => used.includes(alias)).map(alias => `alias '${alias}' in WHERE, GROUP BY or HAVING`));
    problems.push(...aliases.filter(alias => alias.toLowerCase() in COLUMN_TYPES).map(alias => `alias '${alias}' hides a column`));
  }
  for (const call of nodesOf(tree, 'FunctionCallContext')) {
    const name = call.children![0].getText().toLowerCase();
    problems.push(...FUNCTIONS.includes(name) ? [] : [`function '${name}' that nobody looked up in Trino`]);
  }
  for (const { children } of nodesOf(tree)) {
    const divides = children?.some(child => child.getText() === '/' && !child.children);
    problems.push(...divides && !/^CAST\(.*ASdouble\)$/i.test(children![0].getText()) ? [`division '${children!.map(child => child.getText()).join(' ')}' without CAST AS double`] : []);
  }
  return problems;
}

/** DuckDB makes a number of text, and the other way; Trino does not. */
function problemsOfTypes(sql: string): string[] {
  return [...sql.matchAll(/"(\w+)"\s*(?:=|<>|<=|>=|<|>|(?:NOT\s+)?IN\s*\(|(?:NOT\s+)?BETWEEN)\s*('|-?\d)/gi)]
    .filter(([, column, literal]) => column in COLUMN_TYPES && (COLUMN_TYPES[column] === 'VARCHAR') !== (literal === '\''))
    .map(([text]) => `comparison of different types: ${text}`);
}

function nodesOf(tree: TreeNode, name?: string): TreeNode[] {
  const below = (tree.children ?? []).flatMap(child => nodesOf(child, name));
  return name === undefined || nameOf(tree) === name ? [tree, ...below] : below;
}

function nameOf(node: TreeNode): string {
  return node.constructor.name;
}
