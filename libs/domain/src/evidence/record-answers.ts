import type { Playbook, Scope } from '../playbook/definition.js';
import { coerceAnswer } from './coerce-answer.js';
import { compareStamps } from './event-order.js';
import type { AnswerFact, Evidence, Stamp } from './evidence.js';

export interface AnswersRecorded {
  readonly evidence: Evidence;
  /** Those that were taken. */
  readonly taken: Readonly<Record<string, AnswerFact>>;
}

/**
 * Takes answers by question id: a later pre-fill replaces a pre-fill, a person's answer only a person's later one. A value
 * that fits neither the type nor the options of its question is kept beside, not taken; unknown questions are left out.
 */
export function recordAnswers(
  playbook: Playbook,
  evidence: Evidence,
  answers: Readonly<Record<string, unknown>>,
  { by, at, event }: Stamp & { readonly by: AnswerFact['by'] },
): AnswersRecorded {
  const taken: Record<string, AnswerFact> = {};
  const besides: Record<string, AnswerFact> = {};
  for (const question of playbook.definition.checklist) {
    const given = Object.hasOwn(answers, question.id) ? answers[question.id] : undefined;
    if (given === undefined || given === null) {
      continue;
    }
    const value = coerceAnswer(question, given);
    const fact = { value: value ?? (given as AnswerFact['value']), at, event, by };
    const [into, known] = value === undefined ? [besides, evidence.besides] : [taken, evidence.answerFacts];
    if (outranks(fact, known[question.id])) {
      into[question.id] = fact;
    }
  }
  return { evidence: withAnswers(evidence, taken, besides), taken };
}

/** Takes answers that were published as facts (`lead.answered`), as a set: in any order, as often as they come. */
export function mergeAnswers(evidence: Evidence, facts: Readonly<Record<string, AnswerFact>>): Evidence {
  const newer = Object.entries(facts).filter(([id, fact]) => outranks(fact, evidence.answerFacts[id]));
  return withAnswers(evidence, Object.fromEntries(newer), {});
}

/** What an event answers by itself (`from`), by question id. */
export function answersFrom(playbook: Playbook, scope: Scope): Readonly<Record<string, unknown>> | null {
  let found: Record<string, unknown> | null = null;
  for (const question of playbook.definition.checklist) {
    const value = question.from?.evaluate(scope);
    if (value !== undefined) {
      found = { ...(found ?? {}), [question.id]: value };
    }
  }
  return found;
}

/** Forgets what one event had pre-filled. */
export function forgetAnswers(evidence: Evidence, event: string): Evidence {
  const gone = Object.keys(evidence.answerFacts).filter((id) => {
    const fact = evidence.answerFacts[id]!;
    return fact.by === 'lead' && fact.event === event;
  });
  if (gone.length === 0) {
    return evidence;
  }
  const stays = ([id]: readonly [string, unknown]) => !gone.includes(id);
  return {
    ...evidence,
    answers: Object.fromEntries(Object.entries(evidence.answers).filter(stays)),
    answerFacts: Object.fromEntries(Object.entries(evidence.answerFacts).filter(stays)),
  };
}

function outranks(fact: AnswerFact, known: AnswerFact | undefined): boolean {
  if (known === undefined || fact.by !== known.by) {
    return known === undefined || fact.by === 'person';
  }
  return compareStamps(fact, known) > 0;
}

function withAnswers(
  evidence: Evidence,
  taken: Readonly<Record<string, AnswerFact>>,
  besides: Readonly<Record<string, AnswerFact>>,
): Evidence {
  if (Object.keys(taken).length === 0) {
    return Object.keys(besides).length === 0 ? evidence : { ...evidence, besides: { ...evidence.besides, ...besides } };
  }
  const values = Object.entries(taken).map(([id, fact]) => [id, fact.value] as const);
  return {
    ...evidence,
    answers: { ...evidence.answers, ...Object.fromEntries(values) },
    answerFacts: { ...evidence.answerFacts, ...taken },
    besides: { ...evidence.besides, ...besides },
  };
}
