import type { Database, Sql } from './sql.js';

/** The tables of a service that decides by playbooks, for its first migration. */
export const playbookTables = `
  create table playbooks (
    name text not null,
    version integer not null,
    hash text not null,
    source text not null,
    published_at timestamptz not null,
    bootstrap boolean not null,
    primary key (name, version)
  );

  create table active_playbooks (
    partition integer primary key,
    name text not null,
    version integer not null
  );
`;

export interface PlaybookVersion {
  readonly name: string;
  readonly version: number;
}

export interface PublishedVersion extends PlaybookVersion {
  readonly hash: string;
  /** The YAML as written. */
  readonly source: string;
  readonly publishedAt: string;
  readonly bootstrap: boolean;
}

/** A published version with what `compile` made of it. */
export interface CompiledVersion<Compiled> {
  readonly row: PublishedVersion;
  /** What every decision names. */
  readonly ref: PlaybookVersion & { readonly hash: string };
  readonly playbook: Compiled;
}

/**
 * The published definitions, compiled once each, and which of them governs each partition of `lead.events`. What governs is
 * asked of the database in the transaction that decides, behind the locks of what is decided: any process may switch it.
 * A partition whose definition has not arrived cannot be handled yet: the call throws what `notYet` makes of the reason.
 */
export class PlaybookVersions<Compiled> {
  /** Oldest first. A published version never changes, so what is here stays right; there may be more. */
  private published = new Map<string, CompiledVersion<Compiled>>();

  constructor(
    private readonly database: Database,
    private readonly compile: (source: string) => Compiled,
    private readonly notYet: (reason: string) => Error,
  ) {}

  /** Reads what has been published since. */
  async refresh(sql: Sql = this.database): Promise<void> {
    const rows = await readPublished(sql);
    const unknown = rows.filter((row) => !this.published.has(keyOf(row)));
    if (unknown.length === 0) return;
    const versions = [...this.published.values(), ...unknown.map((row) => this.compiled(row))].toSorted(byAge);
    this.published = new Map(versions.map((version) => [keyOf(version.ref), version]));
  }

  /** The definition that governs a partition; before its first marker, the first version ever published. */
  async governing(sql: Sql, partition: number): Promise<CompiledVersion<Compiled>> {
    return (await this.governingEach(sql, [partition])).get(partition)!;
  }

  /** As `governing`, of several partitions at once. */
  async governingEach(
    sql: Sql,
    partitions: readonly number[],
  ): Promise<ReadonlyMap<number, CompiledVersion<Compiled>>> {
    const distinct = [...new Set(partitions)];
    const active = await readActive(sql, distinct);
    const governing = new Map<number, CompiledVersion<Compiled>>();
    for (const partition of distinct) {
      const version = active.get(partition);
      governing.set(partition, version ? await this.named(sql, version) : await this.first(sql));
    }
    return governing;
  }

  /** The version that a marker names. */
  async named(sql: Sql, version: PlaybookVersion): Promise<CompiledVersion<Compiled>> {
    if (!this.published.has(keyOf(version))) await this.refresh(sql);
    const found = this.published.get(keyOf(version));
    if (found) return found;
    throw this.notYet(
      `Playbook ${keyOf(version)} is activated but not published here yet; the partition waits for it.`,
    );
  }

  /** Stores a version; false when it was there already. */
  async publish(sql: Sql, row: PublishedVersion): Promise<boolean> {
    const rows = await sql.query(
      `insert into playbooks (name, version, hash, source, published_at, bootstrap) values ($1, $2, $3, $4, $5, $6)
       on conflict do nothing returning version`,
      [row.name, row.version, row.hash, row.source, row.publishedAt, row.bootstrap],
    );
    return rows.length > 0;
  }

  /** Stores a partition's switch in the batch's transaction. */
  async switch(sql: Sql, partition: number, { name, version }: PlaybookVersion): Promise<void> {
    await sql.query(
      `insert into active_playbooks (partition, name, version) values ($1, $2, $3)
       on conflict (partition) do update set name = excluded.name, version = excluded.version`,
      [partition, name, version],
    );
  }

  /** Every version known here, oldest first. */
  all(): readonly CompiledVersion<Compiled>[] {
    return [...this.published.values()];
  }

  private async first(sql: Sql): Promise<CompiledVersion<Compiled>> {
    if (this.published.size === 0) await this.refresh(sql);
    const [first] = this.published.values();
    if (first) return first;
    throw this.notYet('No playbook has been published yet; the partition waits for the first one.');
  }

  private compiled(row: PublishedVersion): CompiledVersion<Compiled> {
    const { name, version, hash, source } = row;
    return { row, ref: { name, version, hash }, playbook: this.compile(source) };
  }
}

function keyOf({ name, version }: PlaybookVersion): string {
  return `${name}@${version}`;
}

function byAge({ row: one }: CompiledVersion<unknown>, { row: other }: CompiledVersion<unknown>): number {
  return Date.parse(one.publishedAt) - Date.parse(other.publishedAt) || one.version - other.version;
}

async function readPublished(sql: Sql): Promise<PublishedVersion[]> {
  const rows = await sql.query<Omit<PublishedVersion, 'publishedAt'> & { published_at: Date }>(
    'select name, version, hash, source, published_at, bootstrap from playbooks',
  );
  return rows.map(({ published_at, ...row }) => ({ ...row, publishedAt: published_at.toISOString() }));
}

async function readActive(sql: Sql, partitions: readonly number[]): Promise<Map<number, PlaybookVersion>> {
  const rows = await sql.query<{ partition: number } & PlaybookVersion>(
    'select partition, name, version from active_playbooks where partition = any($1)',
    [partitions],
  );
  return new Map(rows.map(({ partition, name, version }) => [partition, { name, version }]));
}
