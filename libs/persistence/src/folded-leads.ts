import { type LeadOccurrences, writeOccurrences } from './lead-occurrences.js';
import type { Sql } from './sql.js';
import { type Changes, changesBetween, withChanges } from './state-changes.js';

/** A state as it was last written whole. */
interface Base<State> {
  readonly state: State;
  /** Characters of its text. */
  readonly size: number;
}

/** A locked lead in the course of one transaction. */
export interface OpenLead<State> extends LeadOccurrences {
  readonly partition: number;
  /** Of the stored row; 0: there is none yet. */
  readonly revision: number;
  /** Last number given on the service's topic. */
  readonly sequence: number;
  readonly state: State;
  /** What is stored whole of it; null before the first write. */
  readonly base: Base<State> | null;
  /** Next computed time, epoch milliseconds. */
  readonly dueAt: number | null;
}

/** A record that has a lead as its key. */
export interface OfLead {
  readonly key: string;
  readonly partition: number;
}

export interface FoldedLeadsOptions<State> {
  /** The state of a lead of which nothing is known. */
  readonly create: (id: string) => State;
  /** How many of the newest states stay in memory. */
  readonly cached: number;
}

interface RawLead {
  id: string;
  partition: number;
  revision: string;
  sequence: string;
  base: string;
  changes: string | null;
}

interface CachedLead<State> {
  readonly partition: number;
  readonly revision: number;
  readonly sequence: number;
  readonly state: State;
  readonly base: Base<State> | null;
}

/** Changes that are longer than this share of the whole are not worth the two parts. */
const longestChanges = 0.75;
/** Each so many writes of a lead the state is written whole, so that what changed once is not written again for ever. */
const writesPerBase = 16;

/**
 * Loads, locks and writes the folded states of many leads with as many statements as for one, always in id order.
 * States are plain JSON; they are never changed in place, so a rolled-back transaction leaves the memory as it was.
 */
export class FoldedLeads<State extends object> {
  private readonly memory = new Map<string, CachedLead<State>>();
  private readonly written = new WeakMap<OpenLead<State>, Base<State>>();

  constructor(private readonly options: FoldedLeadsOptions<State>) {}

  /** Locks the leads that records are of in id order and answers their states; those without a row begin as new ones. */
  async open(sql: Sql, records: readonly OfLead[]): Promise<Map<string, OpenLead<State>>> {
    const partitions = new Map(records.map(({ key, partition }) => [key, partition]));
    const opened = new Map<string, OpenLead<State>>();
    const unread: string[] = [];
    for (const { id, revision } of await lockLeads(sql, [...partitions.keys()])) {
      const known = this.memory.get(id);
      if (known?.revision === revision) opened.set(id, open(id, known));
      else unread.push(id);
    }
    for (const row of await readLeads(sql, unread)) opened.set(row.id, openLead(row));
    for (const [id, partition] of partitions) if (!opened.has(id)) opened.set(id, this.begin(id, partition));
    return opened;
  }

  /** Locks one existing lead; null when there is none. */
  async openOne(sql: Sql, id: string): Promise<OpenLead<State> | null> {
    await lockLeads(sql, [id]);
    return this.read(sql, id);
  }

  /** Reads one lead as it stands, without a lock. */
  async read(sql: Sql, id: string): Promise<OpenLead<State> | null> {
    const [row] = await readLeads(sql, [id]);
    return row ? openLead(row) : null;
  }

  /** Locks leads whose computed time has come, those that nobody else is about to fold. */
  async claimDue(sql: Sql, now: number, limit: number): Promise<OpenLead<State>[]> {
    const rows = await sql.query<RawLead>(
      `${selectLeads}
       where leads.due_at <= $1 order by leads.due_at limit $2 for update of leads skip locked`,
      [new Date(now).toISOString(), limit],
    );
    return rows.map((row) => openLead<State>(row));
  }

  /** When the next computed time falls due, epoch milliseconds. */
  async nextDueAt(sql: Sql): Promise<number | null> {
    const [row] = await sql.query<{ due_at: Date | null }>(
      'select min(due_at) as due_at from leads where due_at is not null',
    );
    return row?.due_at?.getTime() ?? null;
  }

  async write(sql: Sql, leads: readonly OpenLead<State>[]): Promise<void> {
    if (leads.length === 0) return;
    const parts = leads.map((lead) => this.partsOf(lead));
    await writeLeads(sql, leads, parts);
    await writeOccurrences(sql, leads);
  }

  /** Keeps written states for the next batch; call it once their transaction has committed. */
  keep(leads: readonly OpenLead<State>[]): void {
    for (const lead of leads) {
      const { id, partition, revision, sequence, state } = lead;
      this.memory.delete(id);
      this.memory.set(id, {
        partition,
        revision: revision + 1,
        sequence,
        state,
        base: this.written.get(lead) ?? lead.base,
      });
    }
    for (const oldest of this.memory.keys()) {
      if (this.memory.size <= this.options.cached) return;
      this.memory.delete(oldest);
    }
  }

  private partsOf(lead: OpenLead<State>): Parts {
    const { id, base, state, revision } = lead;
    if (base !== null && !lead.erased && (revision + 1) % writesPerBase !== 0) {
      const changes = changesBetween(base.state, state);
      if (changes === undefined) return { id, changes: null, base: null };
      const text = changes && JSON.stringify(changes);
      if (text !== null && text.length < base.size * longestChanges) return { id, changes: text, base: null };
    }
    const text = JSON.stringify(state);
    this.written.set(lead, { state, size: text.length });
    return { id, changes: null, base: text };
  }

  private begin(id: string, partition: number): OpenLead<State> {
    return open(id, { partition, revision: 0, sequence: 0, state: this.options.create(id), base: null });
  }
}

function open<State>(id: string, lead: CachedLead<State>): OpenLead<State> {
  return { id, ...lead, dueAt: null, newOccurrences: [], revoked: [] };
}

function openLead<State extends object>({ id, base: text, changes, ...row }: RawLead): OpenLead<State> {
  const base = { state: JSON.parse(text) as State, size: text.length };
  return open(id, {
    partition: row.partition,
    revision: Number(row.revision),
    sequence: Number(row.sequence),
    state: changed(base.state, changes),
    base,
  });
}

async function lockLeads(sql: Sql, ids: readonly string[]): Promise<{ id: string; revision: number }[]> {
  const rows = await sql.query<{ id: string; revision: string }>(
    'select id, revision from leads where id = any($1) order by id for update',
    [ids],
  );
  return rows.map(({ id, revision }) => ({ id, revision: Number(revision) }));
}

/** The stored state whose parts these are. */
export function joinedState<State extends object>(base: string, changes: string | null): State {
  return changed(JSON.parse(base) as State, changes);
}

function changed<State extends object>(base: State, changes: string | null): State {
  return changes === null ? base : withChanges(base, JSON.parse(changes) as Changes);
}

const selectLeads = `
  select leads.id, leads.partition, leads.revision, leads.sequence, lead_bases.state as base, leads.changes
  from leads join lead_bases on lead_bases.id = leads.id`;

async function readLeads(sql: Sql, ids: readonly string[]): Promise<RawLead[]> {
  if (ids.length === 0) return [];
  return sql.query<RawLead>(`${selectLeads} where leads.id = any($1)`, [ids]);
}

/** A lead's state as it is to be stored: what changed, or all of it. */
interface Parts {
  readonly id: string;
  readonly changes: string | null;
  /** Null: the stored one stays. */
  readonly base: string | null;
}

/** A row that is not the one that was opened stays as it is: somebody else began the same lead, who was not there to be locked. */
async function writeLeads(sql: Sql, leads: readonly OpenLead<unknown>[], parts: readonly Parts[]): Promise<void> {
  const written = await sql.query(
    `with given as (
       select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[])
         as given (id, partition, revision, sequence, base, changes, due_at)),
     bases as (
       insert into lead_bases (id, state) select id, base from given where base is not null
       on conflict (id) do update set state = excluded.state)
     insert into leads as stored (id, partition, revision, sequence, changes, due_at)
     select id, partition, revision, sequence, changes, due_at from given
     on conflict (id) do update set
       revision = excluded.revision, sequence = excluded.sequence, changes = excluded.changes, due_at = excluded.due_at
       where stored.revision = excluded.revision - 1
     returning id`,
    [
      leads.map((lead) => lead.id),
      leads.map((lead) => lead.partition),
      leads.map((lead) => lead.revision + 1),
      leads.map((lead) => lead.sequence),
      parts.map(({ base }) => base),
      parts.map(({ changes }) => changes),
      leads.map((lead) => (lead.dueAt === null ? null : new Date(lead.dueAt).toISOString())),
    ],
  );
  if (written.length < leads.length) throw new LeadBegunElsewhereError(leads.length - written.length);
}

/** Two transactions began the same lead at once; the slower one is to be repeated, and will then find the row. */
export class LeadBegunElsewhereError extends Error {
  /** SQLSTATE of a serialization failure: whoever runs transactions knows to repeat it. */
  readonly code = '40001';

  constructor(leads: number) {
    super(`${leads} leads were begun by another transaction at the same time`);
    this.name = 'LeadBegunElsewhereError';
  }
}
