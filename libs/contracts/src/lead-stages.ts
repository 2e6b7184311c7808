import { type Static, Type } from '@sinclair/typebox';
import { type DataOf, Time, fact, timeOf } from './envelope.js';
import { Account, Campaign, Traits } from './lead-events.js';
import { PlaybookRef, Scores } from './lead-scores.js';

/** Produced by qualification, keyed by lead id, on the public topic `lead.stages`. */

export const stages = [
  'visitor',
  'lead',
  'mql',
  'accepted',
  'sql',
  'opportunity',
  'customer',
  'nurture',
  'disqualified',
  'lost',
] as const;
export const Stage = Type.Union(stages.map((stage) => Type.Literal(stage)));
export type Stage = (typeof stages)[number];

export const actorKinds = ['system', 'marketing', 'sales', 'manager', 'crm', 'import'] as const;
export const Actor = Type.Object({
  kind: Type.Union(actorKinds.map((kind) => Type.Literal(kind))),
  id: Type.Optional(Type.String({ description: 'rep or user id of the person' })),
});
export type Actor = { kind: (typeof actorKinds)[number]; id?: string };

export const CountedSignal = Type.Object({
  signal: Type.String(),
  title: Type.Optional(Type.String()),
  intent: Type.String(),
  at: Time,
  event: Type.String({ description: 'event id' }),
  offer: Type.Optional(Type.String()),
  topic: Type.Optional(Type.String()),
  product: Type.Optional(Type.String()),
});
export type CountedSignal = Static<typeof CountedSignal>;

export const AnswerRecord = Type.Object({
  value: Type.Unknown(),
  at: Time,
  by: Type.Union([Type.Literal('lead'), Type.Literal('person')], {
    description: 'lead: pre-filled from what the lead told',
  }),
});
export type AnswerRecord = Static<typeof AnswerRecord>;

/** What a rep receives on entering `mql` and `sql`. Nothing the lead already answered is asked again. */
export const Handoff = Type.Object({
  source: Type.Union([Type.String(), Type.Null()]),
  campaign: Type.Union([Type.String(), Type.Null()]),
  reasons: Type.Array(Type.String(), { description: 'why this score, in words, most points first' }),
  signals: Type.Array(CountedSignal),
  pages: Type.Array(Type.Object({ path: Type.String(), title: Type.Optional(Type.String()), at: Time })),
  forms: Type.Array(Type.Object({ form: Type.String(), fields: Type.Record(Type.String(), Type.Unknown()), at: Time })),
  answers: Type.Record(Type.String(), AnswerRecord),
  open: Type.Array(Type.Object({ id: Type.String(), ask: Type.String() }), {
    description: 'checklist items without an answer',
  }),
  nextStep: Type.Union([Type.String(), Type.Null()]),
  littleContext: Type.Optional(Type.Literal(true, { description: 'arrived late with hardly any history' })),
});
export type Handoff = Static<typeof Handoff>;

/**
 * An entry or exit rule that held, with the values it saw. `implied` and `outcome` are built in for CRM outcomes; `merged` names
 * a lead whose stage goes on, more than one where it was passed on, the one that had come there first.
 */
export const Criterion = Type.Object({ id: Type.String(), values: Type.Record(Type.String(), Type.Unknown()) });
export type Criterion = Static<typeof Criterion>;

/** The position in `lead.events` behind which something was decided: a replay puts it there. */
const Behind = Type.Object({ partition: Type.Integer(), position: Type.Integer() });

export const leadStageChanged = fact(
  'baton.lead.stage-changed.v1',
  Type.Object({
    from: Stage,
    to: Stage,
    cycle: Type.Integer({ minimum: 1 }),
    cycleStart: Type.Object(
      { at: Type.Union([Time, Type.Null()]), event: Type.Optional(Type.String()) },
      { description: 'where the evidence of this cycle begins; at null: no lower bound (first cycle)' },
    ),
    at: Time,
    decidedAt: Time,
    receivedAt: Type.Optional(timeOf('receipt of the fact that completed the criteria: clocks start here')),
    behind: Behind,
    actor: Actor,
    criteria: Type.Array(Criterion),
    via: Type.Union([Type.String(), Type.Null()]),
    reason: Type.Optional(Type.String()),
    note: Type.Optional(Type.String()),
    wakeAt: Type.Optional(Time),
    followUp: Type.Optional(Type.String()),
    amount: Type.Optional(Type.Number()),
    closeDate: Type.Optional(Type.String()),
    incomplete: Type.Optional(Type.Array(Type.String(), { description: 'what a CRM left out' })),
    historic: Type.Optional(Type.Literal(true)),
    owner: Type.Optional(Type.String({ description: 'owner named by an import: rep:ID or team:ID' })),
    traits: Traits,
    account: Account,
    persona: Type.String(),
    scores: Scores,
    signals: Type.Array(CountedSignal, { description: 'newest first, at most twenty' }),
    campaign: Type.Union([Campaign, Type.Null()], { description: 'first of the cycle' }),
    holds: Type.Object(
      { slas: Type.Array(Type.String()), routing: Type.Array(Type.String()) },
      { description: 'ids of the SLA tiers and routing rules whose conditions hold now, in playbook order' },
    ),
    handoff: Type.Optional(Handoff),
    playbook: PlaybookRef,
  }),
);

export const leadAnswered = fact(
  'baton.lead.answered.v1',
  Type.Object({
    cycle: Type.Integer(),
    answers: Type.Record(Type.String(), AnswerRecord),
    actor: Actor,
    at: Time,
    behind: Type.Optional(Behind),
  }),
);

/** Takes back or re-dates a stage change: an undo within ten minutes, or an import that found an earlier time. */
export const leadCorrected = fact(
  'baton.lead.corrected.v1',
  Type.Object({
    corrects: Type.String({ description: 'id of the stage-changed fact' }),
    cycle: Type.Integer(),
    stage: Stage,
    kind: Type.Union([Type.Literal('undone'), Type.Literal('re-dated')]),
    at: Time,
    decidedAt: Time,
    actor: Actor,
    behind: Type.Optional(Behind),
  }),
);

/** A CRM's or importer's fact that fits nowhere: it stays on the timeline, with why. */
export const leadOutcomeNotApplied = fact(
  'baton.lead.outcome-not-applied.v1',
  Type.Object({ event: Type.String(), outcome: Type.String(), stage: Stage, why: Type.String(), at: Time }),
);

export type LeadStageChanged = DataOf<typeof leadStageChanged>;
export type LeadAnswered = DataOf<typeof leadAnswered>;
export type LeadCorrected = DataOf<typeof leadCorrected>;
