import { Type } from '@sinclair/typebox';
import { Time, fact } from './envelope.js';
import { Owner } from './lead-assignments.js';
import { Account, Traits } from './lead-events.js';
import { PlaybookRef, Scores } from './lead-scores.js';
import { Stage } from './lead-stages.js';
import { Clock } from './sla-clocks.js';

/** On `lead.snapshots`, by reporting, compacted: the whole current state of a lead. A lead that was absorbed or erased leaves a record without data. */
export const leadSnapshot = fact(
  'baton.lead.snapshot.v1',
  Type.Object({
    email: Type.Union([Type.String(), Type.Null()]),
    traits: Traits,
    account: Type.Union([Account, Type.Null()]),
    persona: Type.String(),
    stage: Stage,
    cycle: Type.Integer(),
    since: Time,
    scores: Type.Union([Scores, Type.Null()]),
    owner: Type.Union([Owner, Type.Null()]),
    clock: Type.Union([Clock, Type.Null()]),
    playbook: Type.Union([PlaybookRef, Type.Null()]),
  }),
);
