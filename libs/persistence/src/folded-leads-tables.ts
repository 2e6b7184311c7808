/**
 * The tables of a service that folds the facts of leads (`FoldedLeads`), for its first migration. `state` is the folded
 * state as JSON text; `revision` counts its writes, so that a state kept in memory is used only while it is the stored one.
 * `occurrences` are what late facts are folded against; nothing else reads them.
 */
export const foldedLeadsTables = `
  create table leads (
    id text primary key,
    partition integer not null,
    revision bigint not null,
    sequence bigint not null,
    state text not null,
    due_at timestamptz
  ) with (fillfactor = 70);
  create index leads_due_at on leads (due_at) where due_at is not null;

  create table occurrences (
    lead text not null,
    signal text not null,
    at timestamptz not null,
    event text not null,
    primary key (lead, signal, at, event)
  );
`;
