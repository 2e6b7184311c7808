import {
  type Field,
  listOf,
  located,
  mapOf,
  object,
  oneOrMore,
  optional,
  plainMap,
  type ReadOf,
  required,
  someOf,
} from './field-readers.js';
import { writtenNumbers } from './written-numbers.js';
import {
  count,
  duration,
  expression,
  finiteNumber,
  id,
  oneOf,
  percent,
  positiveNumber,
  text,
  time,
  trueOrFalse,
} from './value-readers.js';

/** The keys of a playbook and what each may hold; what depends on other parts of the file is checked after reading. */

const roles = ['system', 'marketing', 'sales', 'manager', 'crm'] as const;
const people = ['marketing', 'sales', 'manager'] as const;
const asideStages = ['nurture', 'disqualified', 'lost'] as const;
const when = located(expression);
const plainId = located(id());

function identified<S extends Record<string, Field<unknown>>>(fields: S) {
  return object({ id: required(plainId), ...fields });
}

const personas = listOf(object({ id: required(located(id({ reserved: ['unknown'] }))), when: required(when) }));

const signals = mapOf(
  object({
    on: required(oneOrMore(text)),
    when: optional(when),
    every: optional(duration),
    intent: required(oneOf(['high', 'medium', 'low', 'negative'])),
    offer: optional(text),
    topic: optional(text),
    product: optional(text),
    title: optional(text),
  }),
);

const exclusions = listOf(identified({ when: required(when), reason: required(located(text)) }));

const engagement = object({
  cap: optional(positiveNumber),
  halfLife: optional(duration),
  rules: required(
    listOf(
      identified({
        signal: required(located(text)),
        points: required(finiteNumber),
        atLeast: optional(count),
        within: optional(duration),
        times: optional(count),
        when: optional(when),
      }),
    ),
  ),
});

const fit = object({
  rules: required(listOf(identified({ when: required(when), points: required(finiteNumber) }))),
  grades: optional(
    located(object({ A: required(finiteNumber), B: required(finiteNumber), C: required(finiteNumber) })),
  ),
});

const motions = listOf(identified({ when: optional(when), nextStep: required(text) }));
const exit = listOf(
  identified({ when: required(when), to: required(located(oneOf(asideStages))), reason: required(located(text)) }),
);
const from = located(someOf(located(text)));

const enteredStage = object({
  from: optional(from),
  by: optional(someOf(oneOf(roles))),
  enter: optional(
    listOf(
      object({
        id: required(located(id({ reserved: ['implied', 'outcome'] }))),
        when: optional(when),
        by: optional(someOf(oneOf(roles))),
        from: optional(from),
      }),
    ),
  ),
  exit: optional(exit),
  review: optional(object({ when: required(when), by: required(someOf(oneOf(people))) })),
  requires: optional(listOf(located(text))),
  motions: optional(motions),
});

const stages = object({
  lead: optional(object({ carry: optional(trueOrFalse), exit: optional(exit) })),
  mql: optional(enteredStage),
  accepted: optional(enteredStage),
  sql: optional(enteredStage),
  opportunity: optional(enteredStage),
  customer: optional(enteredStage),
});

const answerId = id({
  form: /^[A-Za-z0-9][A-Za-z0-9_-]{0,59}$/,
  words: 'letters, digits, hyphens and underscores, at most 60',
});

const checklist = listOf(
  object({
    id: required(located(answerId)),
    ask: required(text),
    type: required(oneOf(['text', 'choice', 'choices', 'number', 'days', 'date', 'yes-no'])),
    options: optional(located(someOf(located(text)))),
    required: optional(trueOrFalse),
    from: optional(when),
  }),
);

const reasons = listOf(
  object({
    id: required(located(id({ reserved: ['unstated-by-crm'] }))),
    label: required(text),
    to: required(someOf(oneOf(asideStages))),
    wakeAfter: optional(duration),
    wakeQuiet: optional(duration),
    crm: optional(oneOrMore(located(text))),
  }),
);

const slas = listOf(
  identified({
    when: optional(when),
    firstTouch: required(duration),
    warnAt: optional(listOf(located(percent))),
    hours: optional(oneOf(['business', 'always'])),
    escalate: optional(
      listOf(
        object({
          at: required(percent),
          notify: optional(text),
          reassign: optional(located(trueOrFalse)),
          page: optional(text),
        }),
      ),
    ),
    cadence: optional(listOf(duration)),
  }),
);

const team = located(text);

const routing = object({
  sticky: optional(listOf(oneOf(['lead-owner', 'account-owner']))),
  rules: optional(listOf(identified({ when: optional(when), to: required(team), skills: optional(listOf(text)) }))),
  fallback: required(team),
});

const share = located(percent);
const band = located(listOf(share));
const benchmarks = object({
  'lead-mql': optional(band),
  'mql-sql': optional(band),
  'sql-opportunity': optional(band),
  'opportunity-customer': optional(band),
});

const examples = listOf(
  object({
    name: required(text),
    now: required(time),
    lead: optional(plainMap()),
    account: optional(plainMap()),
    events: optional(listOf(located(plainMap()))),
    order: optional(oneOf(['time', 'listed'])),
    answers: optional(plainMap()),
    expect: required(located(writtenNumbers(plainMap()))),
  }),
);

const metadata = object({
  name: required(id({ form: /^[a-z0-9-]{1,40}$/, words: 'small letters, digits and hyphens, at most 40' })),
  about: optional(text),
  owners: required(object({ marketing: required(someOf(text)), sales: required(someOf(text)) })),
  reviewEvery: optional(duration),
});

/** Reads the whole file; every fault of its shape is noted. */
export const readPlaybook = object({
  apiVersion: required(oneOf(['baton/v1'])),
  kind: required(oneOf(['Playbook'])),
  metadata: required(metadata),
  intents: optional(located(listOf(oneOf(['high', 'medium', 'low', 'negative'])))),
  traits: optional(mapOf(oneOf(['text', 'number', 'yes-no', 'date', 'list']))),
  personas: optional(personas),
  signals: optional(signals),
  exclusions: optional(exclusions),
  scores: optional(object({ engagement: optional(engagement), fit: optional(fit) })),
  stages: required(stages),
  checklist: optional(checklist),
  reasons: optional(reasons),
  slas: optional(slas),
  routing: required(routing),
  benchmarks: optional(benchmarks),
  examples: optional(examples),
});

export type WrittenPlaybook = ReadOf<typeof readPlaybook>;
export type WrittenStage = ReadOf<typeof enteredStage>;
export type WrittenExample = ReadOf<typeof examples>[number];
