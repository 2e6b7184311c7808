import { type Static, Type } from '@sinclair/typebox';
import { type DataOf, Time, fact } from './envelope.js';

/** Name, number and content hash of the definition that decided something. */
export const PlaybookRef = Type.Object({ name: Type.String(), version: Type.Integer(), hash: Type.String() });
export type PlaybookRef = Static<typeof PlaybookRef>;

export const Grade = Type.Union([
  Type.Literal('A'),
  Type.Literal('B'),
  Type.Literal('C'),
  Type.Literal('D'),
  Type.Literal('unknown'),
]);
export type Grade = Static<typeof Grade>;

/** Unrounded doubles; HTTP shows two decimals. */
export const Scores = Type.Object({
  fit: Type.Number(),
  engagement: Type.Number(),
  total: Type.Number(),
  grade: Grade,
  asOf: Time,
});
export type Scores = Static<typeof Scores>;

/** Produced by scoring on `lead.scores`: at most one per lead and batch, when a score, the grade or the persona changed. */
export const leadScored = fact(
  'baton.lead.scored.v1',
  Type.Object({
    scores: Scores,
    previous: Type.Union([Scores, Type.Null()]),
    persona: Type.String(),
    cycle: Type.Integer(),
    reasons: Type.Array(
      Type.Object({
        rule: Type.String(),
        points: Type.Number(),
        at: Type.Optional(Time),
        event: Type.Optional(Type.String()),
      }),
      { description: 'the awards and fit rules with the most points, at most five' },
    ),
    playbook: PlaybookRef,
    behind: Type.Object({ partition: Type.Integer(), position: Type.Integer() }),
    historic: Type.Optional(Type.Literal(true)),
  }),
);
export type LeadScored = DataOf<typeof leadScored>;
