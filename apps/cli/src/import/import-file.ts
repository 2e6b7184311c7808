import { appendFile, readFile, rm, stat } from 'node:fs/promises';
import { CommandError, type Connection } from '../connection.js';
import { type ImportFiles, importFiles, readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint.js';
import type { Row } from './expression.js';
import { type ImportItem, type MatchedRow, matchRow, rowItems } from './map-row.js';
import { type Mapping, MappingFaults, readMapping } from './mapping.js';
import { type BrokenRow, type NumberedRow, readRows } from './read-rows.js';
import { sendItems } from './send-items.js';

export interface ImportOptions {
  readonly file: string;
  readonly map: string;
  readonly dryRun: boolean;
  /** Null on a dry run. */
  readonly connection: Connection | null;
  readonly progress: (rows: number) => void;
}

export interface ImportSummary {
  readonly rows: number;
  readonly resumedAt: number;
  readonly matched: number;
  readonly items: number;
  readonly rejected: number;
  /** Where the rejected rows are listed; null when there are none. */
  readonly rejectedFile: string | null;
}

const itemsPerRequest = 1000;

/** Streams a file through its mapping into a running instance. Can be interrupted and run again at any time. */
export async function importFile(options: ImportOptions): Promise<ImportSummary> {
  const mappingText = await readText(options.map);
  const mapping = readUsable(options.map, mappingText);
  await refuseMissing(options.file);
  const files = importFiles(options.file, mappingText, options.connection?.url ?? 'dry-run');
  const { rows: resumedAt } = options.dryRun ? { rows: 0 } : await readCheckpoint(files);
  const firsts = mapping.entries.some(({ once }) => once) ? await earliestRows(mapping, options.file) : null;
  const run = new ImportRun(mapping, options, { files, firsts, resumedAt });
  for await (const row of readRows(options.file)) await run.take(row);
  return run.finish();
}

interface RunContext {
  readonly files: ImportFiles;
  readonly firsts: ReadonlyMap<string, number> | null;
  readonly resumedAt: number;
}

class ImportRun {
  private rows = 0;
  private matched = 0;
  private items = 0;
  private rejected = 0;
  private pending: ImportItem[] = [];
  private lines = new Map<string, number>();

  constructor(
    private readonly mapping: Mapping,
    private readonly options: ImportOptions,
    private readonly context: RunContext,
  ) {}

  async take(row: NumberedRow | BrokenRow): Promise<void> {
    if (this.rows === 0 && 'row' in row) refuseUnknownColumns(this.mapping, row.row, this.options);
    if (this.rows === 0 && this.context.resumedAt === 0) await rm(this.context.files.rejected, { force: true });
    this.rows += 1;
    if (this.rows <= this.context.resumedAt) return;
    await this.queue(row);
    if (this.pending.length >= itemsPerRequest) await this.send();
    if (this.rows % 1000 === 0) this.options.progress(this.rows);
  }

  async finish(): Promise<ImportSummary> {
    await this.send();
    if (!this.options.dryRun) await removeCheckpoint(this.context.files);
    this.options.progress(this.rows);
    const { rows, matched, items, rejected } = this;
    return {
      rows,
      resumedAt: this.context.resumedAt,
      matched,
      items,
      rejected,
      rejectedFile: rejected > 0 ? this.context.files.rejected : null,
    };
  }

  private async queue(row: NumberedRow | BrokenRow): Promise<void> {
    if ('broken' in row) return this.reject(row.line, row.broken);
    try {
      const match = matchRow(this.mapping, row.row);
      if (!match) return;
      const wanted = this.onlyFirsts(match, row.line);
      const items = rowItems(this.mapping, row.row, wanted);
      this.matched += 1;
      this.items += items.length;
      this.pending.push(...items);
      for (const { messageId } of items) this.lines.set(messageId, row.line);
    } catch (error) {
      await this.reject(row.line, (error as Error).message);
    }
  }

  private onlyFirsts(match: MatchedRow, line: number): MatchedRow {
    const { firsts } = this.context;
    if (!firsts) return match;
    return {
      ...match,
      entries: match.entries.filter(({ once, index }) => !once || firsts.get(`${index}\n${match.person}`) === line),
    };
  }

  private async send(): Promise<void> {
    const { connection, dryRun } = this.options;
    if (this.pending.length > 0 && connection && !dryRun) {
      for (const { messageId, path, reason } of await sendItems(connection, this.mapping.source, this.pending)) {
        await this.reject(this.lines.get(messageId ?? '') ?? 0, `${path}: ${reason}`);
      }
    }
    this.pending = [];
    this.lines = new Map();
    if (!dryRun) await writeCheckpoint(this.context.files, { rows: this.rows });
  }

  private async reject(line: number, reason: string): Promise<void> {
    this.rejected += 1;
    await appendFile(this.context.files.rejected, `${JSON.stringify({ line, reason })}\n`);
  }
}

/** Line of the earliest matching row per entry and person; ties go to the first line. */
async function earliestRows(mapping: Mapping, file: string): Promise<ReadonlyMap<string, number>> {
  const earliest = new Map<string, { at: number; line: number }>();
  for await (const row of readRows(file)) {
    if ('broken' in row) continue;
    const match = tryMatch(mapping, row.row);
    for (const { index, once } of match?.entries ?? []) {
      const key = `${index}\n${match!.person}`;
      const known = earliest.get(key);
      if (once && (!known || match!.at < known.at)) earliest.set(key, { at: match!.at, line: row.line });
    }
  }
  return new Map([...earliest].map(([key, { line }]) => [key, line]));
}

function tryMatch(mapping: Mapping, row: Row): MatchedRow | null {
  try {
    return matchRow(mapping, row);
  } catch {
    return null;
  }
}

function refuseUnknownColumns(mapping: Mapping, row: Row, { map, file }: ImportOptions): void {
  const known = Object.keys(row);
  const unknown = [...mapping.columns].filter((column) => !known.includes(column));
  if (unknown.length === 0) return;
  throw new CommandError(`${map} reads the column ${unknown.join(', ')}, but ${file} has ${known.join(', ')}.`);
}

function readUsable(file: string, text: string): Mapping {
  try {
    return readMapping(file, text);
  } catch (error) {
    if (error instanceof MappingFaults) throw new CommandError(error.message);
    throw error;
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new CommandError(`${file} cannot be read: ${(error as Error).message}`, 2, { cause: error });
  }
}

async function refuseMissing(file: string): Promise<void> {
  const found = await stat(file).catch(() => null);
  if (!found?.isFile()) throw new CommandError(`${file} is not a file that can be read.`, 2);
}
