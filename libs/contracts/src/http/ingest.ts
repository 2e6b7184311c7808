import { type Static, Type } from '@sinclair/typebox';
import { Time } from '../envelope.js';
import { Activity } from '../lead-events.js';
import { route } from './route.js';

/**
 * The door. Bodies of `/v1/*` are read under any content type, gzip included; the write key comes as Basic user, in the body, as
 * `X-Write-Key` or `?writeKey=`. A secret key (bearer, or Basic user) makes a call trusted: sales activities, CRM outcomes
 * and history are then taken as such.
 */

const Json = Type.Record(Type.String(), Type.Unknown());

const who = {
  messageId: Type.Optional(
    Type.String({
      maxLength: 99,
      description: 'has effect once for ever within its source; by default made from the content',
    }),
  ),
  userId: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Null()])),
  anonymousId: Type.Optional(Type.Union([Type.String(), Type.Number(), Type.Null()])),
  timestamp: Type.Optional(Type.String({ description: 'RFC 3339; required of history' })),
  historic: Type.Optional(
    Type.Literal(true, { description: 'imported history: judged by event times alone, nobody is notified' }),
  ),
};

/** A Segment call. In a batch each names its `type`. */
export const Call = Type.Object(
  {
    ...who,
    type: Type.Optional(
      Type.Union(['identify', 'track', 'page', 'screen', 'group', 'alias'].map((type) => Type.Literal(type))),
    ),
    event: Type.Optional(Type.String()),
    name: Type.Optional(Type.String()),
    traits: Type.Optional(Json),
    properties: Type.Optional(Json),
    context: Type.Optional(Json),
    groupId: Type.Optional(Type.String()),
    previousId: Type.Optional(Type.String()),
    writeKey: Type.Optional(Type.String()),
    sentAt: Type.Optional(Type.String()),
  },
  { additionalProperties: true },
);

/** An imported sales activity. */
export const ImportedActivity = Type.Object({ ...who, type: Type.Literal('activity'), activity: Activity });

/** An imported CRM outcome. */
export const ImportedOutcome = Type.Object({
  ...who,
  type: Type.Literal('outcome'),
  outcome: Type.Union(['created', 'updated', 'won', 'lost'].map((outcome) => Type.Literal(outcome))),
  amount: Type.Optional(Type.Number()),
  currency: Type.Optional(Type.String()),
  closeDate: Type.Optional(Type.String({ format: 'date' })),
  reason: Type.Optional(Type.String()),
});

/** An imported stage, outside the playbook's rules; actor `import`. */
export const ImportedStage = Type.Object({
  ...who,
  type: Type.Literal('stage'),
  stage: Type.Union(
    ['lead', 'mql', 'accepted', 'sql', 'opportunity', 'customer', 'nurture', 'disqualified', 'lost'].map((stage) =>
      Type.Literal(stage),
    ),
  ),
  reason: Type.Optional(Type.String()),
  owner: Type.Optional(Type.String({ description: 'rep:ID or team:ID' })),
});

/**
 * `POST /v1/import` with a secret key: up to 2,500 items and 4 MB, optionally gzipped. `source` names where the rows come from;
 * ids are unique within it, so that the same rows sent again under the same source change nothing.
 */
export const ImportBatch = Type.Object({
  source: Type.String({ pattern: '^[a-z0-9-]{1,60}$' }),
  batch: Type.Array(Type.Union([Call, ImportedActivity, ImportedOutcome, ImportedStage]), { maxItems: 2500 }),
});
export type ImportBatch = Static<typeof ImportBatch>;

/** The answer of every call that takes events: 200 once what was taken is durable; what was not is named. */
export const Accepted = Type.Object({
  success: Type.Literal(true),
  rejected: Type.Optional(
    Type.Array(
      Type.Object({
        messageId: Type.Optional(Type.String()),
        path: Type.String({ description: 'the field at fault, `batch.3.userId`' }),
        reason: Type.String(),
      }),
    ),
  ),
});
export type Accepted = Static<typeof Accepted>;

const Batch = Type.Object({
  batch: Type.Array(Call, { maxItems: 2500 }),
  context: Type.Optional(Json),
  writeKey: Type.Optional(Type.String()),
  sentAt: Type.Optional(Type.String()),
});

const door = { service: 'ingest', access: 'write-key', response: Accepted } as const;
const people = ['rep', 'manager', 'marketing', 'crm', 'admin'] as const;

const RecordedActivity = Type.Object(
  {
    ...Type.Omit(Activity, ['direction']).properties,
    direction: Type.Optional(Activity.properties.direction),
    at: Type.Optional(Type.String({ format: 'date-time', description: 'by default now' })),
    id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 99, description: 'sent again with the same id, it is recorded once' }),
    ),
  },
  { additionalProperties: false },
);

const Arrived = Type.Object({
  page: Type.Boolean(),
  identify: Type.Boolean(),
  form: Type.Boolean(),
  import: Type.Boolean(),
  lead: Type.Boolean(),
});

export const ingestRoutes = {
  identify: route({ ...door, method: 'POST', path: '/v1/identify', summary: 'Says who a person is', body: Call }),
  track: route({ ...door, method: 'POST', path: '/v1/track', summary: 'Records what a person did', body: Call }),
  page: route({ ...door, method: 'POST', path: '/v1/page', summary: 'Records a page view', body: Call }),
  screen: route({ ...door, method: 'POST', path: '/v1/screen', summary: 'Records a screen view', body: Call }),
  group: route({
    ...door,
    method: 'POST',
    path: '/v1/group',
    summary: 'Says which account a person belongs to',
    body: Call,
  }),
  alias: route({
    ...door,
    method: 'POST',
    path: '/v1/alias',
    summary: 'Joins two identities; needs a secret key to have effect',
    body: Call,
  }),
  batch: route({ ...door, method: 'POST', path: '/v1/batch', summary: 'Records up to 2,500 calls', body: Batch }),
  import: route({
    ...door,
    method: 'POST',
    path: '/v1/import',
    summary: 'Imports calls, activities, outcomes and stages',
    body: ImportBatch,
  }),
  form: route({
    ...door,
    method: 'POST',
    path: '/v1/forms/{formId}',
    summary: 'Takes a form post: JSON, urlencoded or multipart',
    params: Type.Object({ formId: Type.String() }),
    query: Type.Object({ writeKey: Type.Optional(Type.String()) }),
    body: Json,
  }),
  activities: route({
    service: 'ingest',
    method: 'POST',
    path: '/api/leads/{id}/activities',
    summary: 'Records a call, e-mail, message or meeting; a touch stops the clock',
    access: people,
    params: Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) }),
    body: RecordedActivity,
    response: Type.Object({ id: Type.String(), lead: Type.String(), at: Time, touch: Type.Boolean() }),
  }),
  start: route({
    service: 'ingest',
    method: 'GET',
    path: '/api/start',
    summary: 'What a new installation needs: its write key, its address, and what has arrived so far',
    access: ['admin'],
    response: Type.Object({ writeKey: Type.String(), url: Type.String(), arrived: Arrived }),
  }),
} as const;
