import { type BuildContext, buildCondition, faulty, refuseRepeats, refuseUnknown, textOf } from './build-context.js';
import { given } from './given.js';
import type { Located } from './field-readers.js';
import type { ExclusionRule, PersonaRule, PlaybookDefinition, SignalRule } from './definition.js';

/** Builds the signals; the reader has checked their names and labels. */
export function buildSignals(context: BuildContext): readonly SignalRule[] {
  return (context.written.signals ?? []).map(({ key, value }) => {
    const when = buildCondition(value?.when, 'signal', context);
    const { on = [], intent = 'low', every, offer, topic, product, title } = value ?? {};
    return {
      id: key.value,
      on: [...new Set(on)],
      intent,
      ...given({ when, everyMs: every, offer, topic, product, title }),
    };
  });
}

/** Builds the personas, in their order. */
export function buildPersonas(context: BuildContext): readonly PersonaRule[] {
  const personas = context.written.personas ?? [];
  refuseRepeats(
    personas.map(({ id }) => id),
    context.source,
  );
  return personas.map(({ id, when }) => ({ id: textOf(id), when: buildCondition(when, 'persona', context) ?? faulty }));
}

/** Builds the exclusions; each needs a listed reason that leads to `disqualified`. */
export function buildExclusions(context: BuildContext): readonly ExclusionRule[] {
  const exclusions = context.written.exclusions ?? [];
  refuseRepeats(
    exclusions.map(({ id }) => id),
    context.source,
  );
  return exclusions.map(({ id, when, reason }) => {
    refuseReason(reason, 'disqualified', context);
    return { id: textOf(id), when: buildCondition(when, 'exclusion', context) ?? faulty, reason: textOf(reason) };
  });
}

/** Notes a reason that is not listed, or not for this stage. */
export function refuseReason(
  reason: Located<string> | undefined,
  stage: 'nurture' | 'disqualified' | 'lost',
  context: BuildContext,
): void {
  if (reason === undefined) return;
  const reasons = context.written.reasons ?? [];
  const listed = reasons.find(({ id }) => id?.value === reason.value);
  if (listed === undefined) {
    const known = reasons.flatMap(({ id }) => id?.value ?? []);
    refuseUnknown(reason, { kind: 'a listed reason', known }, context);
  } else if (listed.to !== undefined && !listed.to.includes(stage)) {
    context.source.report(
      reason.spot,
      `the reason "${reason.value}" does not lead to ${stage}; add ${stage} to its "to"`,
    );
  }
}

/** Builds the two scores. */
export function buildScores(context: BuildContext): PlaybookDefinition['scores'] {
  const { engagement, fit } = context.written.scores ?? {};
  return {
    engagement: {
      rules: buildEngagementRules(context),
      ...given({ cap: engagement?.cap, halfLifeMs: engagement?.halfLife }),
    },
    fit: { rules: buildFitRules(context), ...given({ grades: fit?.grades && buildGrades(context) }) },
  };
}

function buildEngagementRules(context: BuildContext): PlaybookDefinition['scores']['engagement']['rules'] {
  const rules = context.written.scores?.engagement?.rules ?? [];
  const signals = (context.written.signals ?? []).map(({ key }) => key.value);
  refuseRepeats(
    rules.map(({ id }) => id),
    context.source,
  );
  return rules.map(({ id, signal, points = 0, atLeast = 1, within, times = 1, when }) => {
    if (signal !== undefined && !signals.includes(signal.value))
      refuseUnknown(signal, { kind: 'a signal of this playbook', known: signals }, context);
    return {
      id: textOf(id),
      signal: textOf(signal),
      points,
      atLeast,
      times,
      ...given({ withinMs: within, when: buildCondition(when, 'engagement-rule', context) }),
    };
  });
}

function buildFitRules(context: BuildContext): PlaybookDefinition['scores']['fit']['rules'] {
  const rules = context.written.scores?.fit?.rules ?? [];
  refuseRepeats(
    rules.map(({ id }) => id),
    context.source,
  );
  return rules.map(({ id, points = 0, when }) => ({
    id: textOf(id),
    points,
    when: buildCondition(when, 'fit-rule', context) ?? faulty,
  }));
}

function buildGrades({ written, source }: BuildContext): { A: number; B: number; C: number } | undefined {
  const grades = written.scores?.fit?.grades;
  if (grades === undefined) return undefined;
  const { A = 0, B = 0, C = 0 } = grades.value;
  const isComplete = [grades.value.A, grades.value.B, grades.value.C].every((bound) => bound !== undefined);
  if (isComplete && !(A > B && B > C))
    source.report(grades.spot, 'the lower bound of A must be above that of B, and that of B above that of C');
  return { A, B, C };
}
