import { createHash } from 'node:crypto';
import type { Database, Migration, Sql } from './sql.js';

/** A schema is of another version than this program: nothing mends that but another program, or a backup. */
class SchemaMismatchError extends Error {
  override readonly name = 'SchemaMismatchError';
}

/**
 * Brings a schema up to date: every migration of `series` runs once, in the order given, all in one transaction under an
 * advisory lock, so any number of processes may call it at once and each returns when the schema is ready.
 * Rejects, changing nothing, when an applied migration was edited afterwards or is unknown to this program.
 */
export async function migrate(database: Database, migrations: readonly Migration[], series = 'service'): Promise<void> {
  refuseDuplicates(migrations);
  await database.transaction(async (sql) => {
    await sql.query('select pg_advisory_xact_lock(hashtext($1))', [`baton migrations ${database.schema}`]);
    await sql.query(`create table if not exists migrations (
      series text not null, name text not null, checksum text not null, applied_at timestamptz not null default now(),
      primary key (series, name))`);
    const applied = await appliedOf(sql, series);
    refuseUnknown(database.schema, applied, migrations);
    for (const migration of migrations) await applyOnce(sql, { series, migration, schema: database.schema, applied });
  });
}

/** The migrations that a newer version has applied to the schema since this program started: names that it does not know. */
export async function newerMigrations(
  database: Database,
  migrations: readonly Migration[],
): Promise<readonly string[]> {
  return unknownOf(await appliedOf(database, 'service'), migrations);
}

function unknownOf(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): readonly string[] {
  const known = new Set(migrations.map((migration) => migration.name));
  return [...applied.keys()].filter((name) => !known.has(name)).toSorted();
}

function refuseDuplicates(migrations: readonly Migration[]): void {
  const names = migrations.map((migration) => migration.name);
  const inOrder = names.every((name, index) => index === 0 || name > (names[index - 1] ?? ''));
  if (!inOrder)
    throw new Error(`Migrations must be listed once each, in the order of their numbers: ${names.join(', ')}`);
}

async function appliedOf(sql: Sql, series: string): Promise<Map<string, string>> {
  const rows = await sql.query<{ name: string; checksum: string }>(
    'select name, checksum from migrations where series = $1',
    [series],
  );
  return new Map(rows.map((row) => [row.name, row.checksum]));
}

function refuseUnknown(schema: string, applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const unknown = unknownOf(applied, migrations);
  if (unknown.length === 0) return;
  throw new SchemaMismatchError(
    `Schema ${schema} was migrated by a newer version (${unknown.join(', ')}): start that version, or restore a backup`,
  );
}

interface Step {
  readonly series: string;
  readonly schema: string;
  readonly migration: Migration;
  readonly applied: ReadonlyMap<string, string>;
}

async function applyOnce(sql: Sql, { series, schema, migration, applied }: Step): Promise<void> {
  const checksum = createHash('sha256').update(migration.up).digest('hex');
  const before = applied.get(migration.name);
  if (before === checksum) return;
  if (before !== undefined) {
    throw new SchemaMismatchError(
      `Migration ${migration.name} of schema ${schema} was changed after it had been applied: add a new migration instead`,
    );
  }
  await sql.query(migration.up);
  await sql.query('insert into migrations (series, name, checksum) values ($1, $2, $3)', [
    series,
    migration.name,
    checksum,
  ]);
}
