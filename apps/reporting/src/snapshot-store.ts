import type { DataOf } from '@baton/contracts/envelope';
import type { Scores } from '@baton/contracts/lead-scores';
import { leadSnapshot } from '@baton/contracts/lead-snapshots';
import { topics } from '@baton/contracts/topics';
import type { Publication } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { type LeadRow, readLeads } from './lead-store.js';
import type { Departure } from './profile-store.js';
import { personaOf } from './lead-view.js';
import { traitsOf } from './profile.js';

type Snapshot = DataOf<typeof leadSnapshot>;

/**
 * One snapshot of the whole current state per lead. Projections of different topics run side by side: the counter row is
 * locked before the state is read, so the newest snapshot of a lead has everything that was committed before it.
 */
export async function snapshotLeads(sql: Sql, leads: readonly string[]): Promise<readonly Publication[]> {
  if (leads.length === 0) return [];
  const counters = await sql.query<{ lead: string; sequence: string }>(
    `insert into snapshots (lead, sequence) select lead, 1 from unnest($1::text[]) as lead
     on conflict (lead) do update set sequence = snapshots.sequence + 1 returning lead, sequence`,
    [leads.toSorted()],
  );
  const sequenceOf = new Map(counters.map((row) => [row.lead, Number(row.sequence)]));
  const rows = await readLeads(sql, leads);
  return rows.flatMap((row) => publicationOf(row, sequenceOf.get(row.lead) ?? 1));
}

/** A record without data ends the snapshots of a lead that is gone: compaction drops everything before it. */
export async function endSnapshots(sql: Sql, gone: readonly Departure[]): Promise<readonly Publication[]> {
  if (gone.length === 0) return [];
  const timeOf = new Map(gone.map(({ lead, at }) => [lead, at]));
  const counters = await sql.query<{ lead: string; sequence: string }>(
    'update snapshots set sequence = sequence + 1 where lead = any($1::text[]) returning lead, sequence',
    [[...timeOf.keys()]],
  );
  return counters.map(({ lead, sequence }) => ({
    topic: topics.leadSnapshots,
    key: lead,
    type: leadSnapshot.type,
    id: `snapshot:${lead}:${sequence}`,
    time: timeOf.get(lead) ?? '',
    data: null,
    sequence: Number(sequence),
  }));
}

function publicationOf(row: LeadRow, sequence: number): Publication[] {
  const since = row.standing?.since.toISOString() ?? row.profile?.createdAt;
  if (since === undefined) return [];
  return [
    {
      topic: topics.leadSnapshots,
      key: row.lead,
      type: leadSnapshot.type,
      id: `snapshot:${row.lead}:${sequence}`,
      time: since,
      data: snapshotOf(row, since),
      sequence,
    },
  ];
}

function snapshotOf(row: LeadRow, since: string): Snapshot {
  const { profile, standing, owner, clocks } = row;
  const cycle = standing?.cycle ?? 1;
  return {
    email: profile?.email?.value ?? null,
    traits: profile ? traitsOf(profile) : {},
    account: accountOf(profile),
    persona: personaOf(row),
    stage: standing?.stage ?? 'lead',
    cycle,
    since,
    scores: row.scores && scoresOf(row.scores),
    owner: owner && { rep: owner.rep, team: owner.team },
    clock: clocks.find((clock) => clock.cycle === cycle) ?? null,
    playbook: standing?.playbook ?? null,
  };
}

function accountOf(profile: LeadRow['profile']): Snapshot['account'] {
  if (!profile?.account) return null;
  const { domain, freeMail, traits } = profile.account;
  return { domain, freeMail, traits };
}

function scoresOf(scores: NonNullable<LeadRow['scores']>): Scores {
  const { fit, engagement, total, grade, asOf } = scores;
  return { fit, engagement, total, grade: grade as Scores['grade'], asOf: asOf.toISOString() };
}
