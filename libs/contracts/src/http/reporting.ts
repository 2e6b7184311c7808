import { type Static, type TSchema, Type } from '@sinclair/typebox';
import { Time } from '../envelope.js';
import { TraitValue } from '../lead-events.js';
import { PlaybookRef } from '../lead-scores.js';
import { AnswerRecord, Handoff as HandoffContract, Stage } from '../lead-stages.js';
import { ClockState } from '../sla-clocks.js';
import { FunnelReport, SlaReport, SpeedReport, reportGroups } from './reports.js';
import { route } from './route.js';

function nullable<Schema extends TSchema>(schema: Schema) {
  return Type.Union([schema, Type.Null()]);
}

/** One page of a list; `next` goes into `cursor` of the call for the following page. */
function pageOf<Schema extends TSchema>(item: Schema) {
  return Type.Object({ items: Type.Array(item), next: nullable(Type.String()), stale: Type.Optional(Type.Boolean()) });
}

export const Clock = Type.Object({
  id: Type.String(),
  cycle: Type.Integer(),
  sla: Type.String(),
  state: ClockState,
  startedAt: Time,
  eventAt: Time,
  dueAt: Time,
  warnedAt: nullable(Time),
  metAt: nullable(Time),
  breachedAt: nullable(Time),
  promiseSeconds: Type.Number(),
  hours: Type.Union([Type.Literal('business'), Type.Literal('always')]),
});
export type Clock = Static<typeof Clock>;

const identity = {
  id: Type.String(),
  email: nullable(Type.String()),
  userId: nullable(Type.String()),
  name: nullable(Type.String()),
  company: nullable(Type.String()),
  persona: Type.String(),
};

const position = {
  stage: Stage,
  cycle: Type.Integer(),
  since: nullable(Time),
  scores: nullable(
    Type.Object({
      fit: Type.Number(),
      engagement: Type.Number(),
      total: Type.Number(),
      grade: Type.String(),
      asOf: Time,
    }),
  ),
  owner: nullable(
    Type.Object(
      { rep: nullable(Type.String()), team: nullable(Type.String()), since: Time },
      { description: "rep null: in the team's queue; null before mql" },
    ),
  ),
  clock: nullable(Clock),
};

export const LeadSummary = Type.Object({
  ...identity,
  ...position,
  createdAt: nullable(Time),
  historic: Type.Optional(Type.Boolean({ description: 'stands where imported history put it' })),
});
export type LeadSummary = Static<typeof LeadSummary>;

export const LeadDetail = Type.Object({
  ...LeadSummary.properties,
  traits: Type.Record(Type.String(), TraitValue),
  account: nullable(Type.Record(Type.String(), Type.Unknown())),
  clocks: Type.Array(Clock, { description: 'newest cycle first' }),
  handoff: nullable(HandoffContract),
  answers: Type.Record(Type.String(), AnswerRecord),
  playbook: nullable(PlaybookRef),
  stale: Type.Optional(Type.Boolean()),
});
export type LeadDetail = Static<typeof LeadDetail>;

export const QueueItem = Type.Object({
  lead: Type.Object(identity),
  ...position,
  handoff: nullable(HandoffContract),
  nextStep: nullable(Type.String()),
  reason: nullable(
    Type.String({ description: 'the first reason of the score, else the rule that moved the lead here' }),
  ),
});
export type QueueItem = Static<typeof QueueItem>;

export const timelineKinds = [
  'event',
  'signal',
  'score',
  'stage',
  'assignment',
  'touch',
  'attempt',
  'clock',
  'answer',
] as const;
export type TimelineKind = (typeof timelineKinds)[number];

export const TimelineItem = Type.Object({
  id: Type.String(),
  at: Time,
  kind: Type.Union(timelineKinds.map((kind) => Type.Literal(kind))),
  title: Type.String(),
  detail: Type.Optional(Type.String()),
  data: Type.Unknown(),
});
export type TimelineItem = Omit<Static<typeof TimelineItem>, 'kind'> & { kind: TimelineKind };

const limit = Type.Integer({ minimum: 1, maximum: 200, default: 50 });
const cursor = Type.Optional(Type.String({ maxLength: 600 }));
const Owner = Type.String({ pattern: '^(rep|team):[A-Za-z0-9._@-]{1,100}$', description: 'rep:ID or team:ID' });
const Owners = Type.String({
  pattern: '^(rep|team):[A-Za-z0-9._@-]{1,100}(,(rep|team):[A-Za-z0-9._@-]{1,100}){0,19}$',
  description: 'rep:ID or team:ID, several with commas',
});
const LeadParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 200 }) });
const after = Type.Optional(Type.String({ description: 'Baton-After of a command whose effect must show' }));

const ReportQuery = Type.Object(
  {
    from: Type.Optional(Type.String({ format: 'date-time' })),
    to: Type.Optional(Type.String({ format: 'date-time' })),
    by: Type.Optional(Type.Union(reportGroups.map((group) => Type.Literal(group)))),
    after,
  },
  { additionalProperties: false },
);

export const reportingRoutes = {
  listLeads: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/leads',
    summary: 'List leads; newest first by default',
    access: 'any-role',
    query: Type.Object(
      {
        email: Type.Optional(Type.String({ maxLength: 320 })),
        stage: Type.Optional(Stage),
        owner: Type.Optional(Owner),
        q: Type.Optional(
          Type.String({ minLength: 1, maxLength: 200, description: 'part of e-mail, name, company or user id' }),
        ),
        sort: Type.Union(
          [Type.Literal('created'), Type.Literal('since'), Type.Literal('score'), Type.Literal('email')],
          {
            default: 'created',
          },
        ),
        limit,
        cursor,
        after,
      },
      { additionalProperties: false },
    ),
    response: pageOf(LeadSummary),
  }),
  getLead: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/leads/{id}',
    summary: 'One lead: who, where, since when, whose, with its clocks and handoff; 308 to the survivor of a merge',
    access: 'any-role',
    params: LeadParams,
    query: Type.Object({ after }, { additionalProperties: false }),
    response: LeadDetail,
  }),
  getTimeline: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/leads/{id}/timeline',
    summary: 'Events, signals, score and stage changes, assignments, touches, clocks; newest first',
    access: 'any-role',
    params: LeadParams,
    query: Type.Object(
      { kind: Type.Optional(Type.String({ maxLength: 200, description: 'kinds, with commas' })), limit, cursor, after },
      { additionalProperties: false },
    ),
    response: pageOf(TimelineItem),
  }),
  getQueue: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/queue',
    summary: 'Open work, most urgent first: clocks by due time, then by score; imported history last',
    access: 'any-role',
    query: Type.Object({ owner: Type.Optional(Owners), limit, cursor, after }, { additionalProperties: false }),
    response: pageOf(QueueItem),
  }),
  funnel: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/reports/funnel',
    summary: 'Leads that entered in the window, cycle by cycle: how far they came, at which rate and how fast',
    access: 'any-role',
    query: ReportQuery,
    response: FunnelReport,
  }),
  speedToLead: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/reports/speed-to-lead',
    summary: 'Time from entering mql or sql to the first touch, and conversion by how fast it was',
    access: 'any-role',
    query: ReportQuery,
    response: SpeedReport,
  }),
  sla: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/reports/sla',
    summary: 'Promises made, met and breached, by tier',
    access: 'any-role',
    query: ReportQuery,
    response: SlaReport,
  }),
  live: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/live',
    summary: 'Server-sent events: stage, assignment, clock and score changes; `resync` asks to read everything anew',
    access: 'any-role',
  }),
} as const;
