import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { readRows } from './read-rows.js';

describe('the rows of a file', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'baton-rows-'));
  });

  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  async function rowsOf(name: string, content: string | Buffer) {
    const file = join(folder, name);
    await writeFile(file, content);
    const rows = [];
    for await (const row of readRows(file)) rows.push(row);
    return rows;
  }

  const csv = '\ufeffid,name\n1,"Ana, ""the"" rep"\n2\n\n3,"two\nlines"\n';

  it('come from CSV with quotes, empty lines and a byte order mark; a line with too few fields is broken alone', async () => {
    expect(await rowsOf('people.csv', csv)).toEqual([
      { line: 2, row: { id: '1', name: 'Ana, "the" rep' } },
      { line: 3, broken: 'has 1 fields where the header has 2' },
      expect.objectContaining({ row: { id: '3', name: 'two\nlines' } }),
    ]);
  });

  it('come gzipped too', async () => {
    expect(await rowsOf('people.csv.gz', gzipSync(csv))).toHaveLength(3);
  });

  it('come from JSON Lines, every value as text', async () => {
    expect(await rowsOf('people.jsonl', '{"id":1,"name":"Ana"}\nnonsense\n[1]\n')).toEqual([
      { line: 1, row: { id: '1', name: 'Ana' } },
      { line: 2, broken: 'is not JSON' },
      { line: 3, broken: 'is not a JSON object' },
    ]);
  });
});
