import type { Sql } from '@baton/persistence/sql';

/** An event that names where a lead came from. */
export interface Attribution {
  readonly lead: string;
  readonly at: string;
  readonly event: string;
  readonly campaign: string | null;
  readonly source: string | null;
  readonly medium: string | null;
}

export async function saveAttributions(sql: Sql, rows: readonly Attribution[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into attributions (lead, at, event, campaign, source, medium)
     select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[], $6::text[])
     on conflict do nothing`,
    (['lead', 'at', 'event', 'campaign', 'source', 'medium'] as const).map((column) => rows.map((row) => row[column])),
  );
}

/** A contact by a person that reached the lead. */
export interface Touch {
  readonly lead: string;
  readonly at: string;
  readonly event: string;
  readonly kind: string;
  readonly rep: string | null;
}

export async function saveTouches(sql: Sql, rows: readonly Touch[]): Promise<void> {
  if (rows.length === 0) return;
  await sql.query(
    `insert into touches (lead, at, event, kind, rep)
     select * from unnest($1::text[], $2::timestamptz[], $3::text[], $4::text[], $5::text[])
     on conflict do nothing`,
    (['lead', 'at', 'event', 'kind', 'rep'] as const).map((column) => rows.map((row) => row[column])),
  );
}
