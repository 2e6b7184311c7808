import { accountTraits, type KnownType, leadTraits } from '../evidence/built-in-traits.js';
import type { ChecklistItem, TraitType } from '../playbook/definition.js';
import { number, openMap, text, texts, type ValueType, yesNo } from './value-types.js';

/** Where in a playbook an expression stands; it decides what the expression may use. */
export type Place =
  'signal' | 'checklist' | 'persona' | 'exclusion' | 'engagement-rule' | 'fit-rule' | 'stage' | 'sla' | 'routing';

export const variables = ['lead', 'account', 'event', 'score', 'answers', 'stage', 'cycle'] as const;
export type Variable = (typeof variables)[number];
export const countingFunctions = ['seen', 'distinct', 'daysSince'] as const;
export type CountingFunction = (typeof countingFunctions)[number];

/** Names that this playbook declares and conditions may use. */
export interface DeclaredNames {
  /** Custom traits; account traits are keyed `account.NAME`. */
  readonly traits: Readonly<Record<string, TraitType>>;
  readonly answers: Readonly<Record<string, ChecklistItem['type']>>;
}

const decided: readonly (Variable | CountingFunction)[] = [
  'lead',
  'account',
  'score',
  'answers',
  'stage',
  'cycle',
  ...countingFunctions,
];

const allowedIn: Readonly<Record<Place, readonly (Variable | CountingFunction)[]>> = {
  signal: ['event'],
  checklist: ['event', 'lead', 'account'],
  persona: ['lead', 'account'],
  exclusion: ['lead', 'account'],
  'engagement-rule': ['lead', 'account'],
  'fit-rule': ['lead', 'account', 'answers'],
  stage: decided,
  sla: decided,
  routing: decided,
};

const placeWords: Readonly<Record<Place, string>> = {
  signal: 'a signal',
  checklist: "a checklist item's from",
  persona: 'a persona',
  exclusion: 'an exclusion',
  'engagement-rule': 'an engagement rule',
  'fit-rule': 'a fit rule',
  stage: 'a stage',
  sla: 'an SLA tier',
  routing: 'a routing rule',
};

/** Whether an expression at this place may use the variable or counting function. */
export function isAllowed(name: Variable | CountingFunction, place: Place): boolean {
  return allowedIn[place].includes(name);
}

/** The names an expression at this place may start with. */
export function allowedNames(place: Place): readonly (Variable | CountingFunction)[] {
  return allowedIn[place];
}

/** The place in words: `a fit rule`. */
export function describePlace(place: Place): string {
  return placeWords[place];
}

const eventFields: Readonly<Record<string, ValueType>> = {
  type: text,
  name: text,
  properties: openMap,
  page: { kind: 'map', fields: { path: text, url: text, title: text, referrer: text } },
  campaign: { kind: 'map', fields: { name: text, source: text, medium: text, term: text, content: text } },
  channel: text,
  source: text,
  at: text,
};

const traitTypes: Readonly<Record<KnownType, ValueType>> = {
  text,
  number,
  'yes-no': yesNo,
  date: text,
  list: texts,
  email: text,
  country: text,
};

const answerTypes: Readonly<Record<ChecklistItem['type'], ValueType>> = {
  text,
  choice: text,
  choices: texts,
  number,
  days: number,
  date: text,
  'yes-no': yesNo,
};

/** Types of the variables for one playbook and place; `lead.persona` is left out where personas are being decided. */
export function variableTypes(place: Place, names: DeclaredNames): Readonly<Record<Variable, ValueType>> {
  const leadFields = mapValues(leadTraits, (type) => traitTypes[type]);
  const accountFields = mapValues(accountTraits, (type) => traitTypes[type]);
  for (const [name, type] of Object.entries(names.traits)) {
    if (name.startsWith('account.')) accountFields[name.slice('account.'.length)] = traitTypes[type];
    else leadFields[name] = traitTypes[type];
  }
  if (place === 'persona') delete leadFields['persona'];
  return {
    lead: { kind: 'map', fields: leadFields },
    account: { kind: 'map', fields: accountFields },
    event: { kind: 'map', fields: eventFields },
    score: { kind: 'map', fields: { fit: number, engagement: number, total: number, grade: text } },
    answers: { kind: 'map', fields: mapValues(names.answers, (type) => answerTypes[type]) },
    stage: text,
    cycle: number,
  };
}

function mapValues<T, R>(record: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
