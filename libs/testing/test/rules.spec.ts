import { beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const env = { ...process.env, NODE_OPTIONS: '', NX_DAEMON: 'false' };
const lines = (count: number) => 'void 0;\n'.repeat(count);

interface Fixture {
  readonly what: string;
  readonly rule: string;
  readonly file: string;
  readonly code: string;
  /** Where, or how, the same is fine. */
  readonly fine: { readonly file?: string; readonly code?: string };
}

const boundary = '@nx/enforce-module-boundaries';
const syntax = 'no-restricted-syntax';
const imports = 'no-restricted-imports';
const store = 'apps/scoring/src/fixture-store.ts';
const source = 'apps/scoring/src/fixture.ts';
const pure = 'libs/domain/src/fixture.ts';

const fixtures: readonly Fixture[] = [
  {
    what: 'the domain imports a library',
    rule: boundary,
    file: pure,
    code: "import '@baton/messaging/record';",
    fine: { code: "import '@baton/contracts/topics';" },
  },
  {
    what: 'contracts import the domain',
    rule: boundary,
    file: 'libs/contracts/src/fixture.ts',
    code: "import '@baton/domain/playbook/definition';",
    fine: { code: "import '@sinclair/typebox';" },
  },
  {
    what: 'persistence imports messaging',
    rule: boundary,
    file: 'libs/persistence/src/fixture.ts',
    code: "import '@baton/messaging/record';",
    fine: { code: "import '@baton/observability/logger';" },
  },
  {
    what: 'the service kit imports the domain',
    rule: boundary,
    file: 'libs/service-kit/src/fixture.ts',
    code: "import '@baton/domain/playbook/definition';",
    fine: { code: "import '@baton/messaging/record';" },
  },
  {
    what: 'a service imports a service',
    rule: boundary,
    file: source,
    code: "import '@baton/routing/service';",
    fine: { file: 'apps/all-in-one/src/fixture.ts' },
  },
  {
    what: 'the console imports persistence',
    rule: boundary,
    file: 'apps/console/src/fixture.ts',
    code: "import '@baton/persistence/sql';",
    fine: { code: "import '@baton/contracts/topics';" },
  },
  {
    what: 'a source imports test support',
    rule: boundary,
    file: source,
    code: "import '@baton/testing/database';",
    fine: { file: 'apps/scoring/src/fixture.spec.ts' },
  },
  {
    what: 'SQL outside a store',
    rule: 'baton/sql-in-stores',
    file: source,
    code: 'export const q = `select id from leads where id = ${1}`;',
    fine: { file: store },
  },
  {
    what: 'an insert outside a store',
    rule: 'baton/sql-in-stores',
    file: source,
    code: "export const q = 'insert into leads values ($1)';",
    fine: { file: 'apps/scoring/src/migrations/0001-fixture.ts' },
  },
  {
    what: 'the database driver outside persistence',
    rule: imports,
    file: source,
    code: "import 'pg';",
    fine: { file: 'libs/persistence/src/fixture.ts' },
  },
  {
    what: 'kafkajs outside its file',
    rule: imports,
    file: 'libs/messaging/src/fixture.ts',
    code: "import 'kafkajs';",
    fine: { file: 'libs/messaging/src/kafka-client.ts' },
  },
  {
    what: 'ioredis outside its file',
    rule: imports,
    file: 'libs/service-kit/src/fixture.ts',
    code: "import 'ioredis';",
    fine: { file: 'libs/service-kit/src/redis-connection.ts' },
  },
  { what: 'a node module in the domain', rule: imports, file: pure, code: "import 'node:fs';", fine: { file: source } },
  {
    what: 'the environment outside the settings',
    rule: syntax,
    file: source,
    code: "export const a = process.env['A'];",
    fine: { file: 'libs/service-kit/src/settings.ts' },
  },
  {
    what: 'a clock in the domain',
    rule: syntax,
    file: pure,
    code: 'export const now = Date.now();',
    fine: { file: source },
  },
  {
    what: 'the present moment in the domain',
    rule: syntax,
    file: pure,
    code: 'export const now = new Date();',
    fine: { code: 'export const then = new Date(0);' },
  },
  {
    what: 'chance in the domain',
    rule: syntax,
    file: pure,
    code: 'export const chance = Math.random();',
    fine: { file: source },
  },
  {
    what: 'a promise in the domain',
    rule: syntax,
    file: pure,
    code: 'export async function later() {}',
    fine: { file: source },
  },
  {
    what: 'a default export',
    rule: syntax,
    file: source,
    code: 'export default 1;',
    fine: { code: 'export const one = 1;' },
  },
  {
    what: 'a barrel',
    rule: syntax,
    file: source,
    code: "export * from './score.js';",
    fine: { code: "export { one } from './score.js';" },
  },
  { what: 'a file above 300 lines', rule: 'max-lines', file: source, code: lines(301), fine: { code: lines(300) } },
  {
    what: 'a function above 50 lines',
    rule: 'max-lines-per-function',
    file: source,
    code: `export function long() {\n${lines(50)}}`,
    fine: { code: `export function long() {\n${lines(48)}}` },
  },
  {
    what: 'five parameters',
    rule: 'max-params',
    file: source,
    code: 'export const f = (a: 1, b: 1, c: 1, d: 1, e: 1) => a + b + c + d + e;',
    fine: { code: 'export const f = (a: 1, b: 1, c: 1, d: 1) => a + b + c + d;' },
  },
  {
    what: 'any',
    rule: '@typescript-eslint/no-explicit-any',
    file: source,
    code: 'export const a = {} as any;',
    fine: { code: 'export const a = {} as unknown;' },
  },
];

describe('the lint rules', () => {
  let broken: readonly (readonly string[])[];
  let kept: readonly (readonly string[])[];

  beforeAll(() => {
    execFileSync('node', ['node_modules/.bin/nx', 'show', 'projects'], { cwd: root, env });
    const texts = [...fixtures, ...fixtures.map((fixture) => ({ ...fixture, ...fixture.fine }))].map(
      ({ file, code }) => ({ file, code }),
    );
    const input = JSON.stringify(texts);
    const answers = JSON.parse(
      execFileSync('node', ['tools/lint-rules/lint-texts.mjs'], { cwd: root, env, input, encoding: 'utf8' }),
    ) as string[][];
    [broken, kept] = [answers.slice(0, fixtures.length), answers.slice(fixtures.length)];
  }, 120_000);

  it.each(fixtures.map(({ what, rule }, index) => [what, rule, index] as const))(
    'refuse %s (%s)',
    (_what, rule, index) => {
      expect(broken[index]).toContain(rule);
    },
  );

  it.each(fixtures.map(({ what, rule }, index) => [what, rule, index] as const))(
    'are silent where there is nothing like %s (%s)',
    (_what, rule, index) => {
      expect(kept[index]).not.toContain(rule);
    },
  );
});

describe('the rules between files', () => {
  it.each([
    [
      'no-circles',
      {
        'libs/domain/src/a.ts': "import { b } from './b.js';\nexport const a = () => b;",
        'libs/domain/src/b.ts': "import { a } from './a.js';\nexport const b = () => a;",
      },
    ],
    [
      'domain-alone',
      {
        'libs/domain/src/a.ts': "import '../../messaging/src/record.js';",
        'libs/messaging/src/record.ts': 'export {};',
      },
    ],
    [
      'service-alone',
      { 'apps/scoring/src/a.ts': "import '../../routing/src/b.js';", 'apps/routing/src/b.ts': 'export {};' },
    ],
    [
      'sources-without-tests',
      { 'libs/domain/src/a.ts': "import './b.spec.js';", 'libs/domain/src/b.spec.ts': 'export {};' },
    ],
    [
      'testing-in-tests',
      { 'apps/scoring/src/a.ts': "import '../../../libs/testing/src/b.js';", 'libs/testing/src/b.ts': 'export {};' },
    ],
  ])('refuse what %s forbids', (rule, files) => {
    expect(cruise(files)).toContain(rule);
  });

  it('are silent about a source that imports its neighbour', () => {
    expect(
      cruise({
        'libs/domain/src/a.ts': "import { b } from './b.js';\nexport const a = b;",
        'libs/domain/src/b.ts': 'export const b = 1;',
      }),
    ).toEqual([]);
  });
});

/** The names of the dependency-cruiser rules that a small tree of files breaks. */
function cruise(files: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'baton-rules-'));
  try {
    for (const [file, code] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), code);
    }
    for (const area of ['libs', 'apps']) mkdirSync(join(folder, area), { recursive: true });
    for (const name of ['.dependency-cruiser.cjs', 'tsconfig.base.json']) cpSync(join(root, name), join(folder, name));
    const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const parameters = [program, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'libs', 'apps'];
    const { stdout } = execute(parameters, folder);
    const { summary } = JSON.parse(stdout) as { summary: { violations: { rule: { name: string } }[] } };
    return summary.violations.map(({ rule }) => rule.name);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** dependency-cruiser ends with the number of violations, which is no failure here. */
function execute(parameters: readonly string[], cwd: string): { stdout: string } {
  try {
    return {
      stdout: execFileSync('node', parameters, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }),
    };
  } catch (error) {
    return error as { stdout: string };
  }
}
