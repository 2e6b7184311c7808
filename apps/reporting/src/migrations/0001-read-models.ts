import type { Migration } from '@baton/persistence/sql';

/**
 * Each topic writes tables of its own, so that no row depends on which of two topics was read first; readers join them by
 * lead. Texts compare by code point (`collate "C"`): cursors must not depend on the locale of an installation.
 */
export const readModels: Migration = {
  name: '0001_read_models',
  up: `
    -- lead.events: who a lead is. state holds every value with the event time that gave it.
    create table profiles (
      lead text collate "C" primary key,
      email text,
      name text,
      company text,
      country text,
      search text not null,
      created_at timestamptz not null,
      state text not null
    );
    create index profiles_by_email on profiles (email);
    create index profiles_by_creation on profiles (created_at desc, lead);

    -- lead.events: leads that are no more; survivor is null when erased.
    create table departed (
      lead text collate "C" primary key,
      survivor text,
      at timestamptz not null
    );

    -- every topic: what people read, newest first. JSON is kept as text here and below: it is only ever handed out whole,
    -- and text takes every escape that came with an event.
    create table timeline (
      lead text collate "C" not null,
      at timestamptz not null,
      id text collate "C" not null,
      kind text not null,
      title text not null,
      data text,
      primary key (lead, at, id)
    );

    -- lead.events: events that name a campaign, source or medium; the first of a cycle gives its group in reports.
    create table attributions (
      lead text collate "C" not null,
      at timestamptz not null,
      event text collate "C" not null,
      campaign text,
      source text,
      medium text,
      primary key (lead, at, event)
    );

    -- lead.events: contacts by people that count as a touch.
    create table touches (
      lead text collate "C" not null,
      at timestamptz not null,
      event text collate "C" not null,
      kind text not null,
      rep text,
      primary key (lead, at, event)
    );

    -- lead.scores: the newest scores of a lead.
    create table scores (
      lead text collate "C" primary key,
      fit double precision not null,
      engagement double precision not null,
      total double precision not null,
      grade text not null,
      as_of timestamptz not null,
      persona text not null,
      cycle integer not null
    );
    create index scores_by_total on scores (total desc, lead);

    -- lead.stages: every change as published; standings and cycles are computed from this set alone.
    create table changes (
      id text collate "C" primary key,
      lead text collate "C" not null,
      position bigint not null,
      cycle integer not null,
      from_stage text not null,
      to_stage text not null,
      at timestamptz not null,
      cycle_start timestamptz,
      via text,
      reason text,
      historic boolean not null,
      undone boolean not null default false,
      persona text not null,
      playbook_name text not null,
      playbook_version integer not null,
      playbook_hash text not null,
      offer text,
      offer_at timestamptz,
      product text,
      product_at timestamptz,
      scores text not null,
      handoff text
    );
    create index changes_by_lead on changes (lead, cycle);

    create table standings (
      lead text collate "C" primary key,
      cycle integer not null,
      stage text not null,
      since timestamptz not null,
      historic boolean not null,
      change text not null
    );
    create index standings_by_stage on standings (stage, lead);

    create table cycles (
      lead text collate "C" not null,
      cycle integer not null,
      started_at timestamptz not null,
      cycle_start timestamptz,
      mql_at timestamptz,
      accepted_at timestamptz,
      sql_at timestamptz,
      opportunity_at timestamptz,
      customer_at timestamptz,
      aside_at timestamptz,
      historic boolean not null,
      persona text,
      offer text,
      product text,
      playbook text not null,
      primary key (lead, cycle)
    );
    create index cycles_by_start on cycles (started_at);

    create table answers (
      lead text collate "C" not null,
      question text not null,
      value text not null,
      at timestamptz not null,
      by text not null,
      primary key (lead, question)
    );

    -- lead.assignments
    create table assignments (
      lead text collate "C" not null,
      position bigint not null,
      cycle integer not null,
      at timestamptz not null,
      rep text,
      team text,
      primary key (lead, position)
    );
    create table owners (
      lead text collate "C" primary key,
      cycle integer not null,
      rep text,
      team text,
      since timestamptz not null
    );
    create index owners_by_rep on owners (rep);
    create index owners_by_team on owners (team);

    -- sla.clocks: the newest whole clock per lead and cycle.
    create table clocks (
      id text collate "C" primary key,
      lead text collate "C" not null,
      cycle integer not null,
      sla text not null,
      state text not null,
      started_at timestamptz not null,
      due_at timestamptz not null,
      met_at timestamptz,
      breached_at timestamptz,
      owner text,
      calendar text,
      clock text not null
    );
    create index clocks_by_lead on clocks (lead, cycle);
    create index clocks_by_start on clocks (started_at);

    -- visitor.events: each visitor once.
    create table visitors (
      visitor text collate "C" primary key,
      first_at timestamptz not null
    );
    create index visitors_by_first on visitors (first_at);

    -- playbooks and roster: what reports need of them.
    create table playbooks (
      name text not null,
      version integer not null,
      fallback text not null,
      benchmarks text not null,
      primary key (name, version)
    );
    create table rosters (
      version integer primary key,
      roster text not null
    );

    -- lead.snapshots: how many were published of a lead; its row is also the lock under which one is put together.
    create table snapshots (
      lead text collate "C" primary key,
      sequence bigint not null
    );
  `,
};
