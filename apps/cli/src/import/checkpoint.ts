import { accessSync, constants } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { basename, dirname, join, resolve } from 'node:path';

/** How far an import of one file under one mapping has got; kept beside the input, or in the working folder where that is read-only. */
export interface Checkpoint {
  /** Rows up to here have been taken; 0: from the start. */
  readonly rows: number;
}

export interface ImportFiles {
  readonly checkpoint: string;
  readonly rejected: string;
}

/** Names the files that an import keeps; a changed mapping or another instance starts anew. */
export function importFiles(file: string, mappingText: string, url: string): ImportFiles {
  const beside = dirname(resolve(file));
  const folder = writable(beside) ? beside : resolve('.');
  const name = basename(file);
  const hash = createHash('sha256').update(`${mappingText}\n${url}`).digest('hex').slice(0, 8);
  return { checkpoint: join(folder, `${name}.${hash}.import.json`), rejected: join(folder, `${name}.rejected.jsonl`) };
}

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

export async function readCheckpoint({ checkpoint }: ImportFiles): Promise<Checkpoint> {
  try {
    return JSON.parse(await readFile(checkpoint, 'utf8')) as Checkpoint;
  } catch {
    return { rows: 0 };
  }
}

/** Replaces the checkpoint as a whole, so that a crash leaves the old or the new one. */
export async function writeCheckpoint({ checkpoint }: ImportFiles, reached: Checkpoint): Promise<void> {
  await writeFile(`${checkpoint}.new`, JSON.stringify(reached));
  await rename(`${checkpoint}.new`, checkpoint);
}

export async function removeCheckpoint({ checkpoint }: ImportFiles): Promise<void> {
  await rm(checkpoint, { force: true });
}
