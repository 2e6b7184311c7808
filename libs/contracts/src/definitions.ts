import { type Static, Type } from '@sinclair/typebox';
import { Time, fact } from './envelope.js';

/** Compacted topics: the newest fact per key is the whole truth. */

/** On `playbooks`, by qualification; subject `<name>@<version>`. Published before the version may be activated. */
export const playbookPublished = fact(
  'baton.playbook.published.v1',
  Type.Object({
    name: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    hash: Type.String({ description: 'SHA-256 of the source, hex' }),
    source: Type.String({ description: 'the YAML as written' }),
    publishedAt: Time,
    signatures: Type.Array(
      Type.Object({
        group: Type.Union([Type.Literal('marketing'), Type.Literal('sales')]),
        by: Type.String(),
        at: Time,
      }),
    ),
    bootstrap: Type.Optional(Type.Literal(true, { description: 'activated unsigned on an empty installation' })),
    activation: Type.Optional(
      Type.Object(
        { effectiveAt: Time },
        { description: 'asks ingest to append playbook.activated to every partition of lead.events' },
      ),
    ),
  }),
);

export type PlaybookPublished = Static<(typeof playbookPublished)['data']>;

/** On `roster`, by routing; subject `roster`. `roster` is the validated document of design/api.md. */
export const rosterPublished = fact(
  'baton.roster.published.v1',
  Type.Object({
    version: Type.Integer({ minimum: 1 }),
    roster: Type.Record(Type.String(), Type.Unknown()),
    publishedAt: Time,
  }),
);

export type RosterPublished = Static<(typeof rosterPublished)['data']>;

export const roles = ['viewer', 'rep', 'manager', 'marketing', 'crm', 'admin'] as const;
export const Role = Type.Union(roles.map((role) => Type.Literal(role)));
export type Role = (typeof roles)[number];

/** On `access`, by ingest; subject is the key id. Only hashes travel. */
export const keyPublished = fact(
  'baton.access.key-published.v1',
  Type.Object({
    id: Type.String(),
    kind: Type.Union([Type.Literal('write'), Type.Literal('secret')]),
    hash: Type.String({ description: 'SHA-256 of the key, hex' }),
    source: Type.Optional(Type.String({ description: 'write keys: the source they stand for' })),
    role: Type.Optional(Role),
    name: Type.String(),
    createdAt: Time,
    revokedAt: Type.Optional(Time),
  }),
);
export type KeyPublished = Static<(typeof keyPublished)['data']>;

/** On `dead-letters.<service>`: what could not be handled. */
export const deadLettered = fact(
  'baton.dead-lettered.v1',
  Type.Object({
    service: Type.String(),
    reason: Type.String(),
    origin: Type.Object({ topic: Type.String(), partition: Type.Integer(), position: Type.Integer() }),
    attempts: Type.Integer(),
    at: Time,
    original: Type.String({ description: 'the original record, as text' }),
  }),
);
