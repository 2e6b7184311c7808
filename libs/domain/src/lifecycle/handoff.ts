import { evidencePlan } from '../evidence/evidence-plan.js';
import type { Evidence } from '../evidence/evidence.js';
import type { Playbook, Scope } from '../playbook/definition.js';
import { ledgerAt } from '../scoring/ledger.js';
import { topReasons } from '../scoring/top-reasons.js';
import { countedSignal } from './counted-signal.js';
import type { Handoff } from './fold.js';

/** What a rep receives of a lead: where it came from, what counted, what it told already, what is open, what to do next. */
export function handoffOf(playbook: Playbook, evidence: Evidence, scope: Scope): Handoff {
  const { definition } = playbook;
  const campaign = evidence.firstCampaign?.campaign;
  const source = evidence.lead['source'] ?? campaign?.source;
  const open = definition.checklist.filter(
    ({ id }) => evidence.answers[id] === undefined || evidence.answers[id] === '',
  );
  const littleHistory = evidence.recent.length <= 1 && evidence.pages.length <= 1;
  return {
    source: typeof source === 'string' ? source : null,
    campaign: campaign?.name ?? null,
    reasons: reasonsInWords(playbook, evidence, scope.now),
    signals: [...evidence.recent].reverse().map((occurrence) => countedSignal(playbook, occurrence)),
    pages: [...evidence.pages].reverse(),
    forms: [...evidence.forms].reverse(),
    answers: evidence.answerFacts,
    open: open.map(({ id, ask }) => ({ id, ask })),
    nextStep: nextStepOf(playbook, scope),
    ...(littleHistory ? { littleContext: true as const } : {}),
  };
}

function nextStepOf({ definition }: Playbook, scope: Scope): string | null {
  const stage = scope.stage === 'mql' ? definition.stages.mql : definition.stages.sql;
  const motion = stage?.motions.find(({ when }) => when === undefined || when.evaluate(scope) === true);
  return motion?.nextStep ?? null;
}

/** `Demo request: +30`, `size: employees is 220: +10`; most points first. */
function reasonsInWords(playbook: Playbook, evidence: Evidence, at: number): string[] {
  const plan = evidencePlan(playbook);
  const because = new Map(ledgerAt(playbook, evidence, at).fit.entries.map((entry) => [entry.rule, entry.because]));
  return topReasons(playbook, evidence, { at }).map(({ rule, points, event }) => {
    const shown = `+${Number(points.toFixed(1))}`;
    if (event === undefined) {
      return `${[rule, ...wordsOf(because.get(rule) ?? {})].join(': ')}: ${shown}`;
    }
    const signal = plan.signals.get(plan.rules.get(rule)?.signal ?? '');
    return `${signal?.title ?? signal?.id ?? rule}: ${shown}`;
  });
}

function wordsOf(values: Readonly<Record<string, unknown>>): string[] {
  const told = Object.entries(values).map(
    ([field, value]) => `${field.replace(/^\w+\./, '')} is ${JSON.stringify(value)}`,
  );
  return told.length === 0 ? [] : [told.join(', ')];
}
