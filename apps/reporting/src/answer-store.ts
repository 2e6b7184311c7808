import type { AnswerRecord } from '@baton/contracts/lead-stages';
import type { Sql } from '@baton/persistence/sql';

export interface GivenAnswer {
  readonly lead: string;
  readonly question: string;
  readonly answer: AnswerRecord;
}

/** Keeps the newest answer per question; what a person wrote yields only to what a person wrote later. */
export async function saveAnswers(sql: Sql, given: readonly GivenAnswer[]): Promise<void> {
  if (given.length === 0) return;
  const newest = new Map<string, GivenAnswer>();
  for (const one of given) {
    const key = JSON.stringify([one.lead, one.question]);
    const known = newest.get(key);
    if (!known || !outranks(known.answer, one.answer)) newest.set(key, one);
  }
  const rows = [...newest.values()];
  await sql.query(
    `insert into answers (lead, question, value, at, by)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::text[])
     on conflict (lead, question) do update set value = excluded.value, at = excluded.at, by = excluded.by
     where (excluded.by = 'person', excluded.at) >= (answers.by = 'person', answers.at)`,
    [
      rows.map((row) => row.lead),
      rows.map((row) => row.question),
      rows.map((row) => JSON.stringify(row.answer.value)),
      rows.map((row) => row.answer.at),
      rows.map((row) => row.answer.by),
    ],
  );
}

function outranks(known: AnswerRecord, other: AnswerRecord): boolean {
  return known.by === other.by ? known.at > other.at : known.by === 'person';
}
