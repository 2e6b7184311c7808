import type { ExampleResult } from '@baton/domain/examples/run-example';
import { runExamples } from '@baton/domain/examples/run-example';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { Playbook } from '@baton/domain/playbook/definition';
import { validateRoster } from '@baton/domain/routing/roster';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { CommandError } from '../connection.js';
import { print, printJson, subcommand } from './command.js';

interface Options {
  readonly json?: true;
  readonly roster?: string;
}

/** `baton playbook check|test`: judges a definition without a server. */
export function addPlaybook(program: Command): void {
  const playbook = subcommand(program, 'playbook', {
    summary: 'Check and test a definition, without a server.',
    example: 'playbook check playbook.yaml',
  });
  subcommand(playbook, 'check FILE', {
    summary: 'Name every fault of a playbook with its line and column; exit 1 when there is one.',
    example: 'playbook check playbook.yaml --roster roster.yaml',
  })
    .option('--roster <file>', 'also check that every team it names exists')
    .option('--json', 'for machines')
    .action(check);
  subcommand(playbook, 'test FILE', {
    summary: 'Run the examples of a playbook with the real engine; exit 1 when one fails.',
    example: 'playbook test playbook.yaml',
  })
    .option('--json', 'for machines')
    .action(test);
}

async function check(file: string, options: Options): Promise<void> {
  const { playbook, faults } = compilePlaybook(await readText(file), await rosterOption(options.roster));
  if (options.json) printJson({ valid: playbook !== null, faults });
  else if (playbook) print(`${file} is well: ${playbook.definition.examples.length} examples to test it by.`);
  for (const fault of options.json ? [] : faults)
    print(`${file}:${fault.line}:${fault.column} ${fault.path}: ${fault.message}`);
  if (!playbook) throw new CommandError(`${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} in ${file}.`);
}

async function test(file: string, options: Options): Promise<void> {
  const results = runExamples(await compiled(file));
  const failed = results.filter(({ passed }) => !passed);
  if (options.json) printJson({ passed: results.length - failed.length, failed: failed.length, results });
  else for (const result of results) printResult(result);
  if (failed.length > 0) throw new CommandError(`${failed.length} of ${results.length} examples fail.`);
  if (!options.json) print(`All ${results.length} examples pass.`);
}

function printResult({ name, passed, differences }: ExampleResult): void {
  print(`${passed ? '✓' : '✗'} ${name}`);
  for (const { path, expected, actual } of differences) {
    print(`    ${path}\n      expected ${JSON.stringify(expected)}\n      actual   ${JSON.stringify(actual)}`);
  }
}

async function compiled(file: string): Promise<Playbook> {
  const { playbook, faults } = compilePlaybook(await readText(file));
  if (playbook) return playbook;
  const lines = faults.map(({ line, column, path, message }) => `${file}:${line}:${column} ${path}: ${message}`);
  throw new CommandError(`${lines.join('\n')}\nThe examples run once the playbook checks.`);
}

async function rosterOption(file: string | undefined) {
  if (file === undefined) return {};
  const checked = validateRoster(parse(await readText(file)));
  if ('roster' in checked && checked.roster) return { roster: checked.roster };
  const faults = 'faults' in checked ? checked.faults : [];
  throw new CommandError(faults.map(({ path, message }) => `${file} ${path}: ${message}`).join('\n'));
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, 2, { cause: error });
  }
}
