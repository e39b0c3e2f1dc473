/** Each lint rule that holds the house, shown once to fail and once to pass. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { LegacyESLint } from 'eslint/use-at-your-own-risk';

const REPOSITORY = resolve(__dirname, '..');
let house: string;
let findings: Map<string, string[]>;

/** Rule, file, what is wrong with it, and the same done right. Other files of the cases can be imported. */
const CASES: [rule: string, name: string, file: string, wrong: string, right: string][] = [
  ['jsdoc/no-restricted-syntax', '@default on every optional prop', 'tagged-backup-plan/props.ts',
    '/** Props. */\nexport interface Props {\n  /** How long. */\n  readonly keepFor?: number;\n}\n',
    '/** Props. */\nexport interface Props {\n  /**\n   * How long.\n   *\n   * @default 35\n   */\n  readonly keepFor?: number;\n}\n'],
  ['jsdoc/require-jsdoc', 'every prop is documented', 'tagged-backup-plan/undocumented.ts',
    '/** Props. */\nexport interface Props {\n  readonly keepFor: number;\n}\n',
    '/** Props. */\nexport interface Props {\n  /** How long. */\n  readonly keepFor: number;\n}\n'],
  ['jsdoc/no-blank-blocks', 'a comment says something', 'tagged-backup-plan/blank.ts',
    '/** Props. */\nexport interface Props {\n  /**\n   *\n   */\n  readonly keepFor: number;\n}\n',
    '/** Props. */\nexport interface Props {\n  /** How long. */\n  readonly keepFor: number;\n}\n'],
  ['@typescript-eslint/no-restricted-imports', 'no barrel of aws-cdk-lib in src', 'tagged-backup-plan/barrel.ts',
    'import { Stack } from \'aws-cdk-lib\';\nexport const a = Stack;\n',
    'import { Stack } from \'aws-cdk-lib/core\';\nexport const a = Stack;\n'],
  ['@typescript-eslint/no-restricted-imports', 'constructs never call AWS', 'tagged-backup-plan/calls-aws.ts',
    'import { SQSClient } from \'@aws-sdk/client-sqs\';\nexport const a = SQSClient;\n',
    'export const a = 1;\n'],
  ['@typescript-eslint/no-restricted-imports', 'Lambda code carries no CDK', 'tagged-backup-plan/verify.lambda.ts',
    'import { Duration } from \'aws-cdk-lib/core\';\nexport const a = Duration;\n',
    'import { SQSClient } from \'@aws-sdk/client-sqs\';\nexport const a = SQSClient;\n'],
  ['@typescript-eslint/no-restricted-imports', 'nor do its helpers', 'private/runtime/log.ts',
    'import { Construct } from \'constructs\';\nexport const a = Construct;\n',
    'export const a = 1;\n'],
  ['import/no-cycle', 'no import circles', 'tagged-backup-plan/circle-a.ts',
    'import { b } from \'./circle-b\';\nexport const a = () => b;\n',
    'export const a = 1;\n'],
  ['import/no-restricted-paths', 'a single-Region construct imports nothing of the multi-Region part', 'tagged-backup-plan/reaches-up.ts',
    'import { pair } from \'../region-pair/pair\';\nexport const a = pair;\n',
    'export const a = 1;\n'],
  ['import/no-restricted-paths', 'imports point down', 'region-pair/points-up.ts',
    'import { store } from \'../replicated-stores/store\';\nexport const a = store;\n',
    'export const a = 1;\n'],
  ['no-restricted-syntax', 'private/ is not exported', 'index.ts',
    'export { secret } from \'./private/secret\';\n',
    'export { pair } from \'./region-pair/pair\';\n'],
  ['no-restricted-syntax', 'nor by way of another file', 'region-pair/passes-on.ts',
    'export { secret } from \'../private/secret\';\n',
    'import { secret } from \'../private/secret\';\nexport const a = typeof secret;\n'],
  ['no-restricted-syntax', 'nor by an import of the index', 'replicated-stores/index.ts',
    'import { secret } from \'../private/secret\';\nexport { secret };\n',
    'export { store } from \'./store\';\n'],
  ['no-restricted-syntax', 'what is exported is named', 'region-pair/index.ts',
    'export * from \'./pair\';\n',
    'export { pair } from \'./pair\';\n'],
];

const OTHERS: Record<string, string> = {
  'tagged-backup-plan/circle-b.ts': 'import { a } from \'./circle-a\';\nexport const b = () => a;\n',
  'region-pair/pair.ts': 'export const pair = 1;\n',
  'replicated-stores/store.ts': 'export const store = 1;\n',
  'private/secret.ts': 'export const secret = 1;\n',
};

/** Lints a house that holds these files under src; the rules broken, by file. */
async function lint(files: Record<string, string>): Promise<Map<string, string[]>> {
  rmSync(join(house, 'src'), { recursive: true, force: true });
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(house, 'src', file)), { recursive: true });
    writeFileSync(join(house, 'src', file), text);
  }
  const eslint = new LegacyESLint({
    cwd: house,
    useEslintrc: false,
    overrideConfigFile: join(REPOSITORY, '.eslintrc.json'),
    resolvePluginsRelativeTo: REPOSITORY,
    // The rules shown here read no types, and loading those of aws-cdk-lib takes ten seconds.
    overrideConfig: {
      parserOptions: { projectService: false },
      rules: { '@typescript-eslint/no-floating-promises': 'off', '@typescript-eslint/return-await': 'off' },
    },
  });
  // import/no-restricted-paths asks the process where it stands.
  const cwd = jest.spyOn(process, 'cwd').mockReturnValue(house);
  const results = await eslint.lintFiles(['src']).finally(() => cwd.mockRestore());
  return new Map(results.map(result => [result.filePath.slice(join(house, 'src/').length), result.messages.map(message => String(message.ruleId))]));
}

beforeAll(async () => {
  house = mkdtempSync(join(tmpdir(), 'house-rules-'));
  symlinkSync(join(REPOSITORY, 'node_modules'), join(house, 'node_modules'));
  writeFileSync(join(house, 'package.json'), '{ "devDependencies": { "@aws-sdk/client-sqs": "3" }, "peerDependencies": { "aws-cdk-lib": "2", "constructs": "10" } }');
  writeFileSync(join(house, 'tsconfig.json'), '{ "compilerOptions": { "module": "node16", "skipLibCheck": true }, "include": ["src"] }');
  findings = await lint({ ...OTHERS, ...Object.fromEntries(CASES.map(([,, file, wrong]) => [file, wrong])) });
}, 60_000);

afterAll(() => rmSync(house, { recursive: true, force: true }));

test.each(CASES)('%s: %s', (rule, _, file) => {
  expect(findings.get(file)).toContain(rule);
});

test('and none of them when all is done right', async () => {
  const right = await lint({ ...OTHERS, ...Object.fromEntries(CASES.map(([,, file,, text]) => [file, text])), 'tagged-backup-plan/circle-b.ts': 'export const b = 1;\n' });
  const rules = new Set(CASES.map(([rule]) => rule));
  expect([...right].flatMap(([file, broken]) => broken.filter(rule => rules.has(rule)).map(rule => `${file} ${rule}`))).toEqual([]);
}, 60_000);
