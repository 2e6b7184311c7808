/**
 * The tables of a service that folds the facts of leads (`FoldedLeads`), for its first migration. `state` is the folded
 * state as JSON text (`foldedLeadsBases` moves it); `revision` counts its writes, so that a state kept in memory is used only while it is the stored one.
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

/**
 * For the migration after it. `lead_bases` has a lead's state as it was last written whole, `changes` of its row what is
 * another since then: a fact changes little of a state, and only that little is written again. `lead_states` puts both
 * beside each other, for whoever compares states.
 */
export const foldedLeadsBases = `
  create table lead_bases (
    id text primary key references leads (id) on delete cascade,
    state text not null
  );
  insert into lead_bases select id, state from leads;
  alter table leads drop column state;
  alter table leads add column changes text;
  create view lead_states as
    select leads.id, leads.partition, lead_bases.state as base, leads.changes
    from leads join lead_bases on lead_bases.id = leads.id;
`;

/**
 * For the migration after that. Occurrences are a set, and whoever reads them makes them one: to hold it with a unique key over
 * all columns took as much room as the rows and half of the time of a write. In this index the entries of a lead's signal are
 * equal and stand together.
 */
export const foldedLeadsOccurrences = `
  alter table occurrences drop constraint occurrences_pkey;
  create index occurrences_lead_signal on occurrences (lead, signal);
`;
