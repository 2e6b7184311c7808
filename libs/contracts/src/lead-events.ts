import { type Static, Type } from '@sinclair/typebox';
import { type DataOf, Time, fact } from './envelope.js';

/** Everything below is produced by ingest, keyed by lead id, on `lead.events`. */

export const TraitValue = Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Array(Type.String())], {
  description: 'A coerced trait: text, number, yes-no, date (RFC 3339 text) or list of texts',
});
export type TraitValue = Static<typeof TraitValue>;

export const Traits = Type.Record(Type.String(), TraitValue);
export type Traits = Static<typeof Traits>;

/** The whole account of a lead; every field carries the event time that gave it, so that readers fold a set. */
export const Account = Type.Object({
  domain: Type.Union([Type.String(), Type.Null()], { description: 'null: no account (free mail or no e-mail)' }),
  freeMail: Type.Boolean(),
  traits: Type.Record(Type.String(), Type.Object({ value: TraitValue, at: Time })),
});
export type Account = Static<typeof Account>;

/** Where a fact came from. `eventId` is `<source>:<messageId>` and has effect once, for ever. */
const origin = {
  eventId: Type.String(),
  at: Time,
  receivedAt: Time,
  historic: Type.Optional(Type.Literal(true, { description: 'came by import of history' })),
};

export const Page = Type.Object({
  path: Type.Optional(Type.String()),
  url: Type.Optional(Type.String()),
  title: Type.Optional(Type.String()),
  referrer: Type.Optional(Type.String()),
});

export const Campaign = Type.Object({
  name: Type.Optional(Type.String()),
  source: Type.Optional(Type.String()),
  medium: Type.Optional(Type.String()),
  term: Type.Optional(Type.String()),
  content: Type.Optional(Type.String()),
});
export type Campaign = Static<typeof Campaign>;

export const EngagementEvent = Type.Object({
  type: Type.Union([
    Type.Literal('page'),
    Type.Literal('screen'),
    Type.Literal('track'),
    Type.Literal('identify'),
    Type.Literal('group'),
  ]),
  name: Type.Optional(Type.String({ description: 'name of a track event, page or screen' })),
  properties: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  page: Type.Optional(Page),
  campaign: Type.Optional(Campaign),
  channel: Type.Optional(Type.String()),
  source: Type.String({ description: 'id of the source whose write key sent it' }),
  automated: Type.Optional(
    Type.Union([Type.Literal('bot'), Type.Literal('mail-proxy'), Type.Literal('link-scanner')], {
      description: 'sent by a machine: gives no signals',
    }),
  ),
});
export type EngagementEvent = Static<typeof EngagementEvent>;

export const leadIdentified = fact(
  'baton.lead.identified.v1',
  Type.Object({
    ...origin,
    userId: Type.Optional(Type.String()),
    email: Type.Optional(Type.String()),
    anonymousIds: Type.Array(Type.String()),
    traits: Traits,
    account: Account,
  }),
);

export const leadEngaged = fact('baton.lead.engaged.v1', Type.Object({ ...origin, event: EngagementEvent }));

/** An event recognised later as automated: what it gave is taken back. */
export const leadEngagementRevoked = fact(
  'baton.lead.engagement-revoked.v1',
  Type.Object({ ...origin, revokes: Type.String() }),
);

export const leadProfileUpdated = fact(
  'baton.lead.profile-updated.v1',
  Type.Object({
    ...origin,
    traits: Type.Optional(Traits),
    account: Type.Optional(Account),
    rejected: Type.Optional(Type.Array(Type.Object({ trait: Type.String(), expected: Type.String() }))),
  }),
);

export const Activity = Type.Object({
  kind: Type.Union([Type.Literal('call'), Type.Literal('email'), Type.Literal('message'), Type.Literal('meeting')]),
  direction: Type.Union([Type.Literal('outbound'), Type.Literal('inbound')]),
  outcome: Type.Union(
    ['connected', 'voicemail', 'no-answer', 'busy', 'wrong-number', 'sent', 'replied', 'booked', 'held', 'no-show'].map(
      (o) => Type.Literal(o),
    ),
  ),
  rep: Type.Optional(Type.String()),
  automated: Type.Optional(Type.Boolean()),
  note: Type.Optional(Type.String()),
});
export type Activity = Static<typeof Activity>;

export const leadActivityRecorded = fact(
  'baton.lead.activity-recorded.v1',
  Type.Object({ ...origin, activity: Activity, by: Type.String({ description: 'crm, import or rep:ID' }) }),
);

export const leadOutcomeRecorded = fact(
  'baton.lead.outcome-recorded.v1',
  Type.Object({
    ...origin,
    outcome: Type.Union([Type.Literal('created'), Type.Literal('updated'), Type.Literal('won'), Type.Literal('lost')]),
    amount: Type.Optional(Type.Number()),
    currency: Type.Optional(Type.String()),
    closeDate: Type.Optional(Type.String({ format: 'date' })),
    reason: Type.Optional(Type.String({ description: "the CRM's own text, or a reason id" })),
  }),
);

/** A stage read from imported history: outside the playbook's rules, actor `import`. */
export const leadStageImported = fact(
  'baton.lead.stage-imported.v1',
  Type.Object({
    ...origin,
    stage: Type.String(),
    reason: Type.Optional(Type.String()),
    owner: Type.Optional(Type.String({ description: 'rep:ID or team:ID' })),
  }),
);

export const leadsMerged = fact(
  'baton.leads.merged.v1',
  Type.Object({
    ...origin,
    absorbed: Type.String({ description: 'lead id that ceased to exist' }),
    traits: Traits,
    account: Account,
  }),
);

/** The last fact of a lead that goes on as another: by ingest on `lead.events` and by qualification on `lead.stages`. */
export const leadAbsorbed = fact('baton.lead.absorbed.v1', Type.Object({ ...origin, survivor: Type.String() }));

/**
 * The person was erased: the last fact of the lead, by ingest on `lead.events` and by qualification on `lead.stages`. Whoever keeps
 * anything of the lead deletes it. An absorbed lead is told to be erased with its survivor, after its `lead.absorbed`.
 */
export const leadErased = fact('baton.lead.erased.v1', Type.Object({ at: Time, receivedAt: Time }));

/** In every partition of `lead.events`, in one transaction; its subject is `playbook:<name>`. */
export const playbookActivated = fact(
  'baton.playbook.activated.v1',
  Type.Object({ name: Type.String(), version: Type.Integer({ minimum: 1 }), hash: Type.String(), at: Time }),
);

export type LeadIdentified = DataOf<typeof leadIdentified>;
export type LeadEngaged = DataOf<typeof leadEngaged>;
export type LeadProfileUpdated = DataOf<typeof leadProfileUpdated>;
export type LeadActivityRecorded = DataOf<typeof leadActivityRecorded>;
export type LeadOutcomeRecorded = DataOf<typeof leadOutcomeRecorded>;
export type LeadStageImported = DataOf<typeof leadStageImported>;
export type LeadAbsorbed = DataOf<typeof leadAbsorbed>;
export type PlaybookActivated = DataOf<typeof playbookActivated>;
