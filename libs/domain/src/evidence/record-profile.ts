import type { AccountFact } from '../lifecycle/lead-fact.js';
import type { Playbook, Scope, Value } from '../playbook/definition.js';
import { typeOfTrait } from './built-in-traits.js';
import { compareStamps } from './event-order.js';
import type { Evidence, Grade, Profile, Stamp } from './evidence.js';

const undeclaredKept = 100;

/**
 * Traits without those that would let evidence grow for ever: beyond a hundred, names that neither the playbook nor the
 * built-in list declares are left out. Conditions cannot read them, so no score depends on it.
 */
function boundNames<Told>(
  { definition }: Playbook,
  { of, known }: { of: 'lead' | 'account'; known: Readonly<Record<string, Value>> },
  given: Readonly<Record<string, Told>>,
): readonly (readonly [string, Told])[] {
  const entries = Object.entries(given);
  if (Object.keys(known).length + entries.length <= undeclaredKept) {
    return entries;
  }
  return entries.filter(
    ([name]) => Object.hasOwn(known, name) || typeOfTrait(definition.traits, of, name) !== undefined,
  );
}

/** The latest traits by event time; of two events of one moment the one with the greater id wins. */
export function recordTraits(
  playbook: Playbook,
  evidence: Evidence,
  traits: Readonly<Record<string, Value>>,
  stamp: Stamp,
): Evidence {
  const newer = boundNames(playbook, { of: 'lead', known: evidence.lead }, traits).filter(([name]) => {
    const known = evidence.leadTimes[name];
    return name !== 'persona' && (known === undefined || compareStamps(stamp, known) > 0);
  });
  if (newer.length === 0) {
    return evidence;
  }
  const { at, event } = stamp;
  const times = newer.map(([name]) => [name, { at, event }] as const);
  return {
    ...evidence,
    lead: { ...evidence.lead, ...Object.fromEntries(newer) },
    leadTimes: { ...evidence.leadTimes, ...Object.fromEntries(times) },
  };
}

/** The latest account traits by the event time of each; of two values of one moment the greater JSON text wins. */
export function recordAccount(
  playbook: Playbook,
  evidence: Evidence,
  { domain, freeMail, traits }: AccountFact,
  { at, event }: Stamp,
): Evidence {
  const bounded = boundNames(playbook, { of: 'account', known: evidence.account }, traits);
  const newer = bounded.filter(([name, told]) => isNewerTrait(evidence, name, told));
  const values = newer.map(([name, told]) => [name, told.value] as const);
  const times = newer.map(([name, told]) => [name, told.at] as const);
  const account = { ...evidence.account, ...Object.fromEntries(values) };
  const accountTimes = { ...evidence.accountTimes, ...Object.fromEntries(times) };
  if (evidence.domainTime !== null && compareStamps({ at, event }, evidence.domainTime) <= 0) {
    return newer.length === 0 ? evidence : { ...evidence, account, accountTimes };
  }
  const { domain: _domain, freeMail: _freeMail, ...others } = account;
  const named = { ...others, ...(domain !== null && { domain }), ...(freeMail !== null && { freeMail }) };
  return { ...evidence, account: named, accountTimes, domainTime: { at, event } };
}

function isNewerTrait(evidence: Evidence, name: string, told: { readonly value: Value; readonly at: number }): boolean {
  const known = evidence.accountTimes[name];
  if (name === 'domain' || name === 'freeMail') {
    return false;
  }
  if (told.at !== known) {
    return known === undefined || told.at > known;
  }
  return JSON.stringify(told.value) > JSON.stringify(evidence.account[name]);
}

/**
 * Computes again what the playbook says of traits, account and answers: persona, fit, grade, muted rules, exclusion.
 * To be called for a lead of another playbook version; folding does it by itself whenever one of them changes.
 */
export function refreshProfile(playbook: Playbook, evidence: Evidence): Evidence {
  const { definition } = playbook;
  const { persona: _former, ...traits } = evidence.lead;
  const now = evidence.leadTime ?? 0;
  const unnamed: Scope = { now, lead: traits, account: evidence.account };
  const persona = definition.personas.find(({ when }) => when.evaluate(unnamed) === true)?.id ?? 'unknown';
  const lead = { ...traits, persona };
  const scope: Scope = { now, lead, account: evidence.account, answers: evidence.answers };
  return { ...evidence, lead, profile: { persona, ...judgeFit(playbook, scope), ...judgeRules(playbook, scope) } };
}

function judgeFit({ definition }: Playbook, scope: Scope): Pick<Profile, 'fit' | 'fitSum' | 'fitRules' | 'grade'> {
  const { rules, grades } = definition.scores.fit;
  const held = rules.filter(({ when }) => when.evaluate(scope) === true);
  const fitSum = held.reduce((sum, { points }) => sum + points, 0);
  const fit = Math.max(0, fitSum);
  return { fit, fitSum, fitRules: held.map(({ id }) => id), grade: gradeOf(fit, grades) };
}

function gradeOf(fit: number, grades: { A: number; B: number; C: number } | undefined): Grade {
  if (grades === undefined) {
    return 'unknown';
  }
  if (fit >= grades.A) {
    return 'A';
  }
  if (fit >= grades.B) {
    return 'B';
  }
  return fit >= grades.C ? 'C' : 'D';
}

function judgeRules({ definition }: Playbook, scope: Scope): Pick<Profile, 'muted' | 'excluded'> {
  const { rules } = definition.scores.engagement;
  const muted = rules.filter(({ when }) => when !== undefined && when.evaluate(scope) !== true).map(({ id }) => id);
  const exclusion = definition.exclusions.find(({ when }) => when.evaluate(scope) === true);
  return { muted, excluded: exclusion === undefined ? null : { id: exclusion.id, reason: exclusion.reason } };
}
