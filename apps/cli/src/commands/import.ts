import { Presets, SingleBar } from 'cli-progress';
import type { Command } from 'commander';
import { findConnection } from '../connection.js';
import { importFile, type ImportSummary } from '../import/import-file.js';
import { print, printJson, subcommand } from './command.js';

interface Options {
  readonly map: string;
  readonly dryRun?: true;
  readonly json?: true;
}

/** `baton import FILE --map MAPPING`: history out of a file into a running instance. */
export function addImport(program: Command): void {
  subcommand(program, 'import FILE', {
    summary:
      'Stream a CSV or JSON Lines file (gzip too) through a mapping into a running instance. ' +
      'It may be interrupted and run again: what was taken is not taken twice.',
    example: 'import leads.csv.gz --map mapping.yaml --dry-run',
  })
    .requiredOption('--map <mapping>', 'what each row becomes (YAML)')
    .option('--dry-run', 'read and map everything, send nothing')
    .option('--json', 'for machines')
    .action(run);
}

async function run(file: string, options: Options): Promise<void> {
  const bar = progressBar(options);
  try {
    const summary = await importFile({
      file,
      map: options.map,
      dryRun: options.dryRun === true,
      connection: options.dryRun ? null : findConnection(),
      progress: (rows) => bar?.update(rows),
    });
    bar?.stop();
    if (options.json) printJson(summary);
    else printSummary(summary, options);
  } finally {
    bar?.stop();
  }
}

/** Only where a person looks on; the number of rows is not known before the end. */
function progressBar({ json }: Options): SingleBar | null {
  if (json || !process.stderr.isTTY) return null;
  const bar = new SingleBar(
    { format: '{value} rows · {duration_formatted} · {rate} rows/s', hideCursor: true },
    Presets.rect,
  );
  bar.start(0, 0);
  return bar;
}

function printSummary(
  { rows, resumedAt, matched, items, rejected, rejectedFile }: ImportSummary,
  { dryRun }: Options,
): void {
  if (resumedAt > 0) print(`Went on after row ${resumedAt}.`);
  print(
    `${rows} rows read, ${matched} matched the mapping, ${items} facts ${dryRun ? 'would be' : ''} sent, ${rejected} rejected.`.replace(
      '  ',
      ' ',
    ),
  );
  if (rejectedFile) print(`Rejected rows with their line numbers and reasons: ${rejectedFile}`);
}
