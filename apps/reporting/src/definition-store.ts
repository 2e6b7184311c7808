import type { DataOf } from '@baton/contracts/envelope';
import type { playbookPublished, rosterPublished } from '@baton/contracts/definitions';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { Batch } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';

/** Keeps what reports need of each published playbook: who owns a lead until routing has decided, and its own healthy bands. */
export async function savePlaybooks(batch: Batch, sql: Sql): Promise<void> {
  const published = batch.records.map((record) => record.envelope.data as DataOf<typeof playbookPublished>);
  const rows = published.flatMap(({ name, version, source }) => {
    const { playbook } = compilePlaybook(source);
    return playbook ? [{ name, version, definition: playbook.definition }] : [];
  });
  await sql.query(
    `insert into playbooks (name, version, fallback, benchmarks) select * from unnest($1::text[], $2::int[], $3::text[], $4::text[])
     on conflict do nothing`,
    [
      rows.map((row) => row.name),
      rows.map((row) => row.version),
      rows.map((row) => row.definition.routing.fallback),
      rows.map((row) => JSON.stringify(row.definition.benchmarks ?? {})),
    ],
  );
}

/** Keeps the newest roster: reports use no other, and the topic may have lost the older ones. */
export async function saveRosters(batch: Batch, sql: Sql): Promise<void> {
  const published = batch.records.map((record) => record.envelope.data as DataOf<typeof rosterPublished>);
  await sql.query(
    `insert into rosters (version, roster) select * from unnest($1::int[], $2::text[]) on conflict (version) do update set roster = excluded.roster`,
    [published.map((data) => data.version), published.map((data) => JSON.stringify(data.roster))],
  );
  await sql.query('delete from rosters where version < (select max(version) from rosters)');
}

/** A playbook's own healthy range per transition, `lead-mql`. */
export type Benchmarks = Readonly<Record<string, readonly [low: number, high: number]>>;

/** The benchmarks of a playbook (`name@version`), for reports that span it alone. */
export async function benchmarksOf(sql: Sql, playbook: string): Promise<Benchmarks> {
  const rows = await sql.query<{ benchmarks: string }>(
    `select benchmarks from playbooks where name || '@' || version = $1`,
    [playbook],
  );
  return rows[0] ? (JSON.parse(rows[0].benchmarks) as Benchmarks) : {};
}
