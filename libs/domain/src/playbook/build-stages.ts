import { type BuildContext, buildCondition, faulty, refuseRepeats, refuseUnknown, textOf } from './build-context.js';
import { refuseReason } from './build-scores.js';
import { given } from './given.js';
import type {
  Condition,
  EntryRule,
  ExitRule,
  PlaybookDefinition,
  Role,
  RuledStage,
  StageId,
  StageRule,
} from './definition.js';
import type { Located } from './field-readers.js';
import type { WrittenStage } from './playbook-shape.js';
import { forwardStages, isAside, isMove, movesFrom } from '../lifecycle/stage-moves.js';

/** Builds the rules of the stages, with `by` and `from` resolved, and refuses stages that no path of moves reaches. */
export function buildStages(context: BuildContext): PlaybookDefinition['stages'] {
  const written = context.written.stages;
  const stages: Partial<Record<RuledStage, StageRule>> = {};
  if (written?.lead !== undefined) {
    const { carry = false, exit } = written.lead;
    stages.lead = { carry, enter: [], exit: buildExits('lead', exit, context), requires: [], motions: [] };
  }
  for (const stage of forwardStages) {
    if (written?.[stage] !== undefined) stages[stage] = buildStage(stage, written[stage], context);
  }
  refuseUnreachable(stages, context);
  return stages;
}

type EnteredStage = (typeof forwardStages)[number];

/** The stages from which a stage can be entered; without `from` a rule takes them all. */
function predecessorsOf(stage: EnteredStage): readonly StageId[] {
  return (['lead', ...forwardStages] as const).filter((from) => isMove(from, stage));
}

function buildStage(stage: EnteredStage, written: WrittenStage, context: BuildContext): StageRule {
  const { by, review, requires = [], motions = [] } = written;
  const from = buildFrom(stage, written.from, context);
  refuseRepeats(
    motions.map(({ id }) => id),
    context.source,
  );
  if (motions.length > 0 && stage !== 'mql' && stage !== 'sql') {
    context.source.report(
      { ...written.spot, path: `${written.spot.path}.motions` },
      'motions belong to mql and sql, the stages with a handoff',
    );
  }
  for (const name of requires) refuseRequirement(name, context);
  return {
    carry: false,
    enter: buildEntries(stage, { written, from }, context),
    exit: buildExits(stage, written.exit, context),
    requires: requires.map(textOf),
    motions: motions.map(({ id, when, nextStep = '' }) => ({
      id: textOf(id),
      nextStep,
      ...given({ when: buildCondition(when, 'stage', context) }),
    })),
    ...given({
      from,
      by,
      review: review && { when: buildCondition(review.when, 'stage', context) ?? faulty, by: review.by ?? [] },
    }),
  };
}

/** What a move into a stage can carry; anything else that is required must be an answer. */
const moveFields = ['amount', 'closeDate', 'followUp'];

function refuseRequirement(name: Located<string>, context: BuildContext): void {
  const known = [...moveFields, ...Object.keys(context.names.answers)];
  if (!known.includes(name.value))
    refuseUnknown(name, { kind: 'a field of a move or a checklist item', known }, context);
}

function buildEntries(
  stage: EnteredStage,
  { written, from }: { written: WrittenStage; from: readonly StageId[] | undefined },
  context: BuildContext,
): readonly EntryRule[] {
  const rules = written.enter ?? [];
  refuseRepeats(
    rules.map(({ id }) => id),
    context.source,
  );
  return rules.map((rule) => {
    const by: readonly Role[] = rule.by ?? written.by ?? ['system'];
    const when = buildCondition(rule.when, 'stage', context);
    if (rule.when !== undefined && when !== undefined)
      refuseUnansweredSystemRule({ written: rule.when, when, by }, context);
    return {
      id: textOf(rule.id),
      by,
      from: buildFrom(stage, rule.from, context) ?? from ?? predecessorsOf(stage),
      ...given({ when }),
    };
  });
}

/** A rule that only the system reads cannot wait for answers that only people give. */
function refuseUnansweredSystemRule(
  { written, when, by }: { written: Located<string>; when: Condition; by: readonly Role[] },
  context: BuildContext,
): void {
  if (by.some((role) => role !== 'system')) return;
  const checklist = context.written.checklist ?? [];
  for (const field of when.reads.fields) {
    const item = checklist.find(({ id }) => field === `answers.${id?.value}`);
    if (item === undefined || item.from !== undefined) continue;
    context.source.report(
      written.spot,
      `the system alone reads this rule, but only people answer "${textOf(item.id)}"; name people in "by" or give the answer a "from"`,
    );
  }
}

function buildFrom(
  stage: EnteredStage,
  written: Located<readonly Located<string>[]> | undefined,
  context: BuildContext,
): readonly StageId[] | undefined {
  const legal: readonly StageId[] = predecessorsOf(stage);
  for (const name of written?.value ?? []) {
    if ((legal as readonly string[]).includes(name.value)) continue;
    const isStage = ['lead', ...forwardStages].includes(name.value);
    if (isStage)
      context.source.report(
        name.spot,
        `there is no move from ${name.value} to ${stage}; ${stage} can follow ${legal.join(', ')}`,
      );
    else refuseUnknown(name, { kind: 'a stage that leads here', known: legal }, context);
  }
  return written?.value.map((name) => name.value as StageId);
}

type WrittenExits = WrittenStage['exit'];

function buildExits(stage: RuledStage, written: WrittenExits, context: BuildContext): readonly ExitRule[] {
  const rules = written ?? [];
  refuseRepeats(
    rules.map(({ id }) => id),
    context.source,
  );
  return rules.map(({ id, when, to, reason }) => {
    const possible = movesFrom(stage).filter(isAside);
    if (to !== undefined && !possible.includes(to.value)) {
      context.source.report(
        to.spot,
        `there is no move from ${stage} to ${to.value}; possible are ${possible.join(', ')}`,
      );
    }
    if (to !== undefined) refuseReason(reason, to.value, context);
    return {
      id: textOf(id),
      when: buildCondition(when, 'stage', context) ?? faulty,
      to: to?.value ?? 'nurture',
      reason: textOf(reason),
    };
  });
}

function refuseUnreachable(stages: Partial<Record<RuledStage, StageRule>>, context: BuildContext): void {
  const reached = new Set<StageId>(['lead']);
  for (const stage of forwardStages) {
    const rule = stages[stage];
    if (rule === undefined) continue;
    if (waysInto(stage, rule).some((from) => reached.has(from))) reached.add(stage);
    else {
      const why =
        waysInto(stage, rule).length === 0
          ? 'it has neither an entry rule nor people in "by"'
          : `none of ${waysInto(stage, rule).join(', ')} is reached`;
      context.source.report(
        { offset: keyOffset(stage, context), path: `stages.${stage}` },
        `no path of moves reaches ${stage}: ${why}`,
      );
    }
  }
}

/** The stages that an entry rule, or a move by people or the CRM, may come from. */
function waysInto(stage: EnteredStage, { enter, by, from }: StageRule): readonly StageId[] {
  const open = by?.some((role) => role !== 'system') ? (from ?? predecessorsOf(stage)) : [];
  return [...new Set([...enter.flatMap((rule) => rule.from), ...open])];
}

function keyOffset(stage: EnteredStage, { written }: BuildContext): number {
  return written.stages?.[stage]?.spot.offset ?? 0;
}
