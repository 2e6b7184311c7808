import { Type } from '@sinclair/typebox';
import { Time } from '../envelope.js';
import { PlaybookRef } from '../lead-scores.js';
import { Stage } from '../lead-stages.js';
import { route } from './route.js';

const LeadParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 100 }) });
const people = ['rep', 'manager', 'marketing', 'crm', 'admin'] as const;

const Answers = Type.Record(Type.String({ maxLength: 60 }), Type.Unknown(), {
  description: 'checklist answers by item id',
});
const ActAs = Type.Optional(
  Type.Union([Type.Literal('marketing'), Type.Literal('sales'), Type.Literal('manager'), Type.Literal('crm')], {
    description: 'in whose name; by default what the role of the caller stands for (admin: sales)',
  }),
);

export const StageMove = Type.Object(
  {
    to: Stage,
    by: ActAs,
    rep: Type.Optional(Type.String({ maxLength: 60 })),
    reason: Type.Optional(Type.String({ maxLength: 60 })),
    note: Type.Optional(Type.String({ maxLength: 4000 })),
    answers: Type.Optional(Answers),
    amount: Type.Optional(Type.Number({ minimum: 0 })),
    closeDate: Type.Optional(Type.String({ format: 'date' })),
    followUp: Type.Optional(Type.String({ format: 'date' })),
  },
  { additionalProperties: false },
);

export const StageMoved = Type.Object({
  id: Type.String({ description: 'id of the change; name it to undo the move' }),
  lead: Type.String(),
  from: Stage,
  to: Stage,
  cycle: Type.Integer(),
  at: Time,
  via: Type.Union([Type.String(), Type.Null()]),
  reason: Type.Optional(Type.String()),
  undoUntil: Type.Optional(Time),
});

const Ledger = Type.Object({
  value: Type.Number(),
  sum: Type.Number(),
  ledger: Type.Array(Type.Record(Type.String(), Type.Unknown())),
});

export const Explanation = Type.Object({
  asOf: Time,
  playbook: PlaybookRef,
  persona: Type.String(),
  scores: Type.Object({ engagement: Ledger, fit: Ledger, total: Type.Number(), grade: Type.String() }),
  stages: Type.Array(
    Type.Object({
      stage: Stage,
      criteria: Type.Array(
        Type.Object({
          id: Type.String(),
          holds: Type.Boolean(),
          missing: Type.Optional(Type.String({ description: 'the distance in words: one more high-intent action' })),
        }),
      ),
    }),
  ),
  upcoming: Type.Array(Type.Object({ at: Time, what: Type.String() }), {
    description: 'computed times that lie ahead',
  }),
});

export const ActivePlaybook = Type.Object({
  name: Type.String(),
  version: Type.Integer(),
  hash: Type.String(),
  about: Type.Union([Type.String(), Type.Null()]),
  bootstrap: Type.Boolean(),
  stages: Type.Array(
    Type.Object({
      id: Stage,
      entry: Type.Array(
        Type.Object({
          id: Type.String(),
          when: Type.Union([Type.String(), Type.Null()]),
          by: Type.Array(Type.String()),
        }),
      ),
    }),
  ),
  checklist: Type.Array(
    Type.Object({
      id: Type.String(),
      ask: Type.String(),
      type: Type.String(),
      options: Type.Optional(Type.Array(Type.String())),
      required: Type.Boolean(),
    }),
  ),
  reasons: Type.Array(
    Type.Object({
      id: Type.String(),
      label: Type.String(),
      to: Type.Array(Stage),
      wakeAfterSeconds: Type.Union([Type.Number(), Type.Null()], {
        description: 'after which the lead comes back by itself; null: it does not',
      }),
    }),
  ),
  signals: Type.Array(Type.Object({ id: Type.String(), intent: Type.String(), title: Type.Optional(Type.String()) })),
  slas: Type.Array(Type.Object({ id: Type.String(), firstTouchSeconds: Type.Number(), hours: Type.String() })),
});

export const qualificationRoutes = {
  moveStage: route({
    service: 'qualification',
    method: 'POST',
    path: '/api/leads/{id}/stage',
    summary:
      'Move a lead to another stage; 409 with the possible moves, 422 naming the missing reason, answers or fields',
    access: people,
    params: LeadParams,
    body: StageMove,
    response: StageMoved,
  }),
  undoMove: route({
    service: 'qualification',
    method: 'POST',
    path: '/api/leads/{id}/undo',
    summary: 'Take back your own last move within ten minutes',
    access: people,
    params: LeadParams,
    body: Type.Optional(
      Type.Object({ by: ActAs, rep: Type.Optional(Type.String({ maxLength: 60 })) }, { additionalProperties: false }),
    ),
    response: StageMoved,
  }),
  answer: route({
    service: 'qualification',
    method: 'PATCH',
    path: '/api/leads/{id}/answers',
    summary: 'Record checklist answers without a move',
    access: people,
    params: LeadParams,
    body: Type.Object(
      { answers: Answers, by: ActAs, rep: Type.Optional(Type.String({ maxLength: 60 })) },
      { additionalProperties: false },
    ),
    response: Type.Object({ lead: Type.String(), answers: Answers }),
  }),
  explain: route({
    service: 'qualification',
    method: 'GET',
    path: '/api/leads/{id}/explanation',
    summary:
      'The ledger behind the scores, the criteria of each stage with what is missing, and what will change by itself',
    access: 'any-role',
    params: LeadParams,
    query: Type.Object({ after: Type.Optional(Type.String()) }),
    response: Explanation,
  }),
  activePlaybook: route({
    service: 'qualification',
    method: 'GET',
    path: '/api/playbook',
    summary: 'The active definition, as forms and explanations need it',
    access: 'any-role',
    response: ActivePlaybook,
  }),
  listPlaybooks: route({
    service: 'qualification',
    method: 'GET',
    path: '/api/playbooks',
    summary: 'Published versions, newest first',
    access: 'any-role',
    response: Type.Object({
      items: Type.Array(
        Type.Object({
          name: Type.String(),
          version: Type.Integer(),
          hash: Type.String(),
          publishedAt: Time,
          active: Type.Boolean(),
          bootstrap: Type.Boolean(),
        }),
      ),
      next: Type.Null(),
    }),
  }),
  getPlaybook: route({
    service: 'qualification',
    method: 'GET',
    path: '/api/playbooks/{name}/{version}',
    summary: 'One published version with its source',
    access: 'any-role',
    params: Type.Object({ name: Type.String(), version: Type.Integer({ minimum: 1 }) }),
    response: Type.Object({
      name: Type.String(),
      version: Type.Integer(),
      hash: Type.String(),
      publishedAt: Time,
      source: Type.String(),
    }),
  }),
  checkPlaybook: route({
    service: 'qualification',
    method: 'POST',
    path: '/api/playbooks/check',
    summary: 'Check a definition and run its examples, without keeping it',
    access: 'any-role',
    body: Type.Object({ source: Type.String({ maxLength: 1024 * 1024 }) }, { additionalProperties: false }),
    response: Type.Object({
      valid: Type.Boolean(),
      faults: Type.Array(
        Type.Object({ line: Type.Integer(), column: Type.Integer(), path: Type.String(), message: Type.String() }),
      ),
      examples: Type.Array(
        Type.Object({ name: Type.String(), passed: Type.Boolean(), differences: Type.Array(Type.Unknown()) }),
      ),
    }),
  }),
} as const;
