import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Row } from './expression.js';

export interface NumberedRow {
  /** Line in the file, from 1, the header included. */
  readonly line: number;
  readonly row: Row;
}

/** A line that is no row: `message` says why. */
export interface BrokenRow {
  readonly line: number;
  readonly broken: string;
}

/** Streams the rows of a CSV or JSON Lines file, gzipped or not; memory does not grow with the file. Rejects when it cannot be read. */
export async function* readRows(file: string): AsyncGenerator<NumberedRow | BrokenRow> {
  const name = file.replace(/\.gz$/i, '');
  const raw = createReadStream(file);
  const text: Readable = name === file ? raw : raw.pipe(createGunzip());
  raw.once('error', (error) => text.destroy(error));
  yield* /\.(jsonl|ndjson|json)$/i.test(name) ? readJsonLines(text) : readCsv(text);
}

async function* readCsv(text: Readable): AsyncGenerator<NumberedRow | BrokenRow> {
  const parser = parse({ columns: true, bom: true, info: true, relax_column_count: true, skip_empty_lines: true });
  text.once('error', (error) => parser.destroy(error));
  for await (const { record, info } of text.pipe(parser) as AsyncIterable<{
    record: Row;
    info: { lines: number; columns: { name: string }[] };
  }>) {
    const expected = info.columns.length;
    const given = Object.keys(record).length;
    if (given === expected) yield { line: info.lines, row: record };
    else yield { line: info.lines, broken: `has ${given} fields where the header has ${expected}` };
  }
}

async function* readJsonLines(text: Readable): AsyncGenerator<NumberedRow | BrokenRow> {
  let line = 0;
  for await (const content of createInterface({ input: text, crlfDelay: Infinity })) {
    line += 1;
    if (content.trim() !== '') yield jsonRow(content, line);
  }
}

function jsonRow(content: string, line: number): NumberedRow | BrokenRow {
  try {
    const value: unknown = JSON.parse(content);
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return { line, broken: 'is not a JSON object' };
    const texts = Object.entries(value).map(([key, field]) => [
      key,
      typeof field === 'string' ? field : JSON.stringify(field),
    ]);
    return { line, row: Object.fromEntries(texts) as Row };
  } catch {
    return { line, broken: 'is not JSON' };
  }
}
