import { type BuildContext, buildExpression, refuseRepeats, textOf } from './build-context.js';
import { given } from './given.js';
import type { ChecklistItem, Reason } from './definition.js';
import type { WrittenPlaybook } from './playbook-shape.js';

const dayMs = 86_400_000;

/** Builds the checklist; options belong to choices, and only to them. */
export function buildChecklist(context: BuildContext): readonly ChecklistItem[] {
  const items = context.written.checklist ?? [];
  refuseRepeats(
    items.map(({ id }) => id),
    context.source,
  );
  return items.map((item) => {
    const { id, ask = '', type = 'text', options, required = false, from } = item;
    refuseOptions(item, context);
    return {
      id: textOf(id),
      ask,
      type,
      required,
      ...given({ options: options?.value.map(textOf), from: buildExpression(from, 'checklist', context) }),
    };
  });
}

function refuseOptions(
  { type, options, spot }: NonNullable<WrittenPlaybook['checklist']>[number],
  { source }: BuildContext,
): void {
  const isChoice = type === 'choice' || type === 'choices';
  if (isChoice && options === undefined)
    source.report({ ...spot, path: `${spot.path}.options` }, `a ${type} needs options to choose from`);
  if (type !== undefined && !isChoice && options !== undefined) {
    source.report(options.spot, `options belong to the types choice and choices, not to ${type}`);
  }
  refuseRepeats(options?.value ?? [], source, 'option');
}

/** Builds the reasons; a reason for nurture says when the lead wakes up. */
export function buildReasons({ written, source }: BuildContext): readonly Reason[] {
  const reasons = written.reasons ?? [];
  refuseRepeats(
    reasons.map(({ id }) => id),
    source,
  );
  refuseRepeats(
    reasons.flatMap(({ crm }) => crm ?? []),
    source,
    'CRM text',
  );
  return reasons.map(({ id, label = '', to = [], wakeAfter, wakeQuiet = dayMs, crm = [], spot }) => {
    if (to.includes('nurture') && wakeAfter === undefined) {
      source.report(
        { ...spot, path: `${spot.path}.wakeAfter` },
        'a reason for nurture needs wakeAfter, so that no lead is forgotten; for example wakeAfter: 60d',
      );
    }
    return {
      id: textOf(id),
      label,
      to,
      wakeQuietMs: wakeQuiet,
      crm: crm.map(textOf),
      ...given({ wakeAfterMs: wakeAfter }),
    };
  });
}
