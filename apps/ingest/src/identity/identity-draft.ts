import { createHash } from 'node:crypto';
import type { Fact, HistoricEvent } from './event-facts.js';
import { type IncomingEvent, byEventTime } from './incoming-event.js';
import type { DeclaredTraits } from '@baton/domain/evidence/built-in-traits';
import type { AccountRow, IdentityRows, LeadRow, MissingRows } from './identity-rows.js';

export interface LeadFact extends Fact {
  readonly lead: string;
  readonly sequence: number;
  /** A fact that was published before under an absorbed lead. */
  readonly again?: true;
}

export interface HistoryRow {
  readonly event: IncomingEvent;
  /** Null while nobody knows whose it is. */
  lead: string | null;
  readonly visitor: string | null;
}

/** The first id of a new person follows from the event that told of them: the same log gives the same ids. */
function leadIdOf(eventId: string): string {
  return createHash('sha256').update(`lead:${eventId}`).digest('hex').slice(0, 24);
}

/**
 * The working copy of identity in the course of one batch: rows as read, changed as the fold goes, with what it publishes.
 * It is thrown away and begun anew when the fold finds rows missing, so it never writes through to what was read.
 */
export class IdentityDraft {
  readonly visitors: Map<string, string | null>;
  readonly identifiers: Map<string, string | null>;
  readonly groups: Map<string, string | null>;
  readonly changed = {
    visitors: new Set<string>(),
    identifiers: new Set<string>(),
    leads: new Set<string>(),
    /** Leads of which facts were published. */
    sequences: new Set<string>(),
    groups: new Set<string>(),
    accounts: new Set<string>(),
  };
  readonly facts: LeadFact[] = [];
  readonly history: HistoryRow[] = [];
  /** How many events of the batch were left out because their people were erased. */
  skipped = 0;
  /** Visitors whose stored anonymous history goes to a lead. */
  readonly released = new Map<string, string>();
  /** Leads absorbed in this batch, with who has their history in the end. */
  readonly absorbed = new Map<string, string>();
  /** Accounts whose other leads have to be told, with the one lead that is told already, or ''. */
  readonly accountNews = new Map<string, string>();
  /** Groups' stand-in accounts that turned out to be the account of a domain. */
  readonly movedAccounts = new Map<string, string>();
  readonly missing = {
    groups: new Set<string>(),
    accounts: new Set<string>(),
    pending: new Set<string>(),
    histories: new Set<string>(),
  };
  private readonly leads: Map<string, LeadRow>;
  private readonly accounts: Map<string, AccountRow>;

  constructor(private readonly rows: IdentityRows) {
    this.visitors = new Map(rows.visitors);
    this.identifiers = new Map(rows.identifiers);
    this.groups = new Map(rows.groups);
    this.leads = new Map(rows.leads);
    this.accounts = new Map(rows.accounts);
  }

  get declared(): DeclaredTraits {
    return this.rows.declared;
  }

  get incomplete(): MissingRows | null {
    return Object.values(this.missing).some(({ size }) => size > 0) ? this.missing : null;
  }

  /** The lead an id stands for now: the survivor, where it was absorbed. */
  lead(id: string): LeadRow {
    const lead = this.leads.get(id);
    if (!lead) throw new Error(`Lead ${id} is named by an identifier or visitor but has no row`);
    return lead.absorbedInto === null ? lead : this.lead(lead.absorbedInto);
  }

  leadOfVisitor(visitor: string | undefined): LeadRow | null {
    const id = visitor === undefined ? null : this.visitors.get(visitor);
    return id ? this.lead(id) : null;
  }

  leadOfIdentifier(key: string | undefined): LeadRow | null {
    const id = key === undefined ? null : this.identifiers.get(key);
    return id ? this.lead(id) : null;
  }

  createLead(event: IncomingEvent): LeadRow {
    const row: LeadRow = {
      id: leadIdOf(event.eventId),
      userId: null,
      email: null,
      emailAt: null,
      account: null,
      accountAt: null,
      createdAt: event.receivedAt,
      sequence: 0,
      absorbedInto: null,
      undeclared: [],
    };
    return this.keepLead(row);
  }

  keepLead(row: LeadRow): LeadRow {
    this.leads.set(row.id, row);
    this.changed.leads.add(row.id);
    return row;
  }

  changedLeads(): LeadRow[] {
    return [...this.changed.leads].map((id) => this.leads.get(id)!);
  }

  /** Leads of which nothing changed but the number of their facts, as most events leave them. */
  countedLeads(): LeadRow[] {
    return [...this.changed.sequences].filter((id) => !this.changed.leads.has(id)).map((id) => this.leads.get(id)!);
  }

  giveIdentifier(key: string, lead: string): void {
    this.identifiers.set(key, lead);
    this.changed.identifiers.add(key);
  }

  giveVisitor(visitor: string, lead: string): void {
    this.visitors.set(visitor, lead);
    this.changed.visitors.add(visitor);
  }

  /** The anonymous history of a visitor, stored and of this batch, which from now on is the lead's. */
  release(visitor: string, lead: string): HistoricEvent[] {
    const stored = this.rows.pending.get(visitor);
    if (!stored) this.missing.pending.add(visitor);
    const own = this.history.filter((row) => row.visitor === visitor && row.lead === null);
    for (const row of own) row.lead = lead;
    this.released.set(visitor, lead);
    return [...(stored ?? []), ...own.map(({ event }) => event)];
  }

  /** Everything that happened to a lead, stored and of this batch, in event-time order; also what it came by in this batch. */
  historyOf(lead: string): HistoricEvent[] {
    const joined = [...this.absorbed].filter(([, survivor]) => survivor === lead).map(([absorbed]) => absorbed);
    const stored = [lead, ...joined].flatMap((id) => this.storedHistory(id));
    const released = [...this.released]
      .filter(([, owner]) => owner === lead)
      .flatMap(([visitor]) => this.rows.pending.get(visitor) ?? []);
    const own = this.history.filter((row) => row.lead === lead).map(({ event }) => event);
    return [...stored, ...released, ...own].sort(byEventTime);
  }

  private storedHistory(lead: string): readonly HistoricEvent[] {
    if (!this.rows.leads.has(lead)) return [];
    const stored = this.rows.histories.get(lead);
    if (!stored) this.missing.histories.add(lead);
    return stored ?? [];
  }

  /** Gives the history that an absorbed lead has in this batch to the survivor; the stored one follows with the write. */
  moveHistory(absorbed: string, survivor: string): void {
    for (const row of this.history) if (row.lead === absorbed) row.lead = survivor;
    for (const [visitor, owner] of this.released) if (owner === absorbed) this.released.set(visitor, survivor);
    for (const [earlier, owner] of this.absorbed) if (owner === absorbed) this.absorbed.set(earlier, survivor);
    this.absorbed.set(absorbed, survivor);
  }

  groupAccount(group: string): string | null {
    const account = this.groups.get(group);
    if (account === undefined) this.missing.groups.add(group);
    return account ?? null;
  }

  giveGroup(group: string, account: string): void {
    this.groups.set(group, account);
    this.changed.groups.add(group);
  }

  account(id: string): AccountRow {
    const account = this.accounts.get(id);
    if (!account) this.missing.accounts.add(id);
    return account ?? { id, version: 0, traits: {} };
  }

  keepAccount(row: AccountRow): void {
    this.accounts.set(row.id, row);
    this.changed.accounts.add(row.id);
  }

  changedAccounts(): AccountRow[] {
    return [...this.changed.accounts].map((id) => this.accounts.get(id)!);
  }

  /** Notes that the other leads of an account have to be told; `lead` is told by the fold itself. */
  tellAccount(id: string, lead: string): void {
    const told = this.accountNews.get(id);
    this.accountNews.set(id, told === undefined || told === lead ? lead : '');
  }

  changedGroups(): [string, string | null][] {
    return [...this.changed.groups].map((id) => [id, this.groups.get(id) ?? null]);
  }

  /** Publishes facts of a lead, in order, with its next numbers. */
  publish(leadId: string, facts: readonly Fact[], again?: true): void {
    const lead = this.leads.get(leadId);
    if (!lead || facts.length === 0) return;
    facts.forEach((fact, index) =>
      this.facts.push({ ...fact, lead: leadId, sequence: lead.sequence + index + 1, ...(again && { again }) }),
    );
    this.leads.set(leadId, { ...lead, sequence: lead.sequence + facts.length });
    this.changed.sequences.add(leadId);
  }
}
