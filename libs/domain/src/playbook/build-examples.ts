import { didYouMean } from '../conditions/suggest-name.js';
import { type BuildContext } from './build-context.js';
import type { Example } from './definition.js';
import type { Located, Spot } from './field-readers.js';
import { parseTime } from './parse-time.js';
import type { WrittenExample } from './playbook-shape.js';
import { stageOrder } from '../lifecycle/stage-moves.js';

type Entry = Located<Readonly<Record<string, unknown>>>;

/** What an item of `events` can be; each has exactly one of these keys, an answers-only item has `answers`. */
const eventKinds = ['track', 'page', 'screen', 'identify', 'group', 'move', 'outcome', 'answers'] as const;
const eventKeys: readonly string[] = [
  'at',
  ...eventKinds,
  ...['properties', 'title', 'url', 'referrer', 'campaign', 'channel', 'source', 'automated', 'repeat'],
  ...['by', 'reason', 'note', 'amount', 'closeDate', 'followUp', 'refused'],
];

const expectations: readonly string[] = [
  ...['stage', 'via', 'reason', 'cycle', 'persona', 'fit', 'engagement', 'total', 'grade'],
  ...['history', 'awards', 'signals', 'owner', 'sla'],
];

/** Builds the examples; what they expect must name stages, rules and signals of this playbook. */
export function buildExamples(context: BuildContext): readonly Example[] {
  return (context.written.examples ?? []).map((example) => {
    for (const event of example.events ?? []) refuseEvent(event, context);
    refuseExpectations(example, context);
    return {
      name: example.name ?? '',
      now: example.now ?? 0,
      lead: example.lead ?? {},
      account: example.account ?? {},
      events: (example.events ?? []).map(({ value }) => value),
      order: example.order ?? 'time',
      answers: example.answers ?? {},
      expect: example.expect?.value.values ?? {},
      decimals: example.expect?.value.decimals ?? {},
    };
  });
}

function refuseEvent({ value, spot }: Entry, context: BuildContext): void {
  refuseKeys({ value, spot }, eventKeys, context);
  const at = value['at'];
  if (parseTime(String(at ?? '')) === null)
    report(spot, 'at', `"${String(at ?? '')}" is no time; write it as in 2026-03-02T12:00:00Z`, context);
  const kinds = eventKinds.filter((kind) => Object.hasOwn(value, kind));
  const isOne = kinds.length === 1 || (kinds.length === 2 && kinds.includes('move') && kinds.includes('answers'));
  if (!isOne) context.source.report(spot, `an event of an example is one of ${eventKinds.join(', ')}`);
  const stage = value['move'];
  if (stage !== undefined && !isStage(stage)) report(spot, 'move', unknownStage(stage), context);
}

function refuseExpectations({ expect }: WrittenExample, context: BuildContext): void {
  if (expect === undefined) return;
  const { values } = expect.value;
  const at = { value: values, spot: expect.spot };
  refuseKeys(at, expectations, context);
  const { stage, history } = values;
  if (stage !== undefined && !isStage(stage)) report(expect.spot, 'stage', unknownStage(stage), context);
  for (const entered of Array.isArray(history) ? (history as unknown[]) : []) {
    if (!isStage(entered)) report(expect.spot, 'history', unknownStage(entered), context);
  }
  refuseCounts(at, { key: 'awards', kind: 'a rule of this playbook', known: ruleIds(context) }, context);
  refuseCounts(
    at,
    {
      key: 'signals',
      kind: 'a signal of this playbook',
      known: (context.written.signals ?? []).map(({ key }) => key.value),
    },
    context,
  );
}

function ruleIds({ written }: BuildContext): readonly string[] {
  const rules = [...(written.scores?.engagement?.rules ?? []), ...(written.scores?.fit?.rules ?? [])];
  return rules.flatMap(({ id }) => (id === undefined ? [] : [id.value]));
}

function refuseCounts(
  { value, spot }: Entry,
  { key, kind, known }: { key: string; kind: string; known: readonly string[] },
  context: BuildContext,
): void {
  const counts = value[key];
  if (counts === undefined) return;
  if (typeof counts !== 'object' || counts === null) {
    report(spot, key, `"${key}" must be a map of ids and how often each counts`, context);
    return;
  }
  for (const name of Object.keys(counts)) {
    if (!known.includes(name))
      report(spot, `${key}.${name}`, `"${name}" is not ${kind}${didYouMean(name, known)}`, context);
  }
}

function refuseKeys({ value, spot }: Entry, known: readonly string[], context: BuildContext): void {
  for (const key of Object.keys(value)) {
    const meant = didYouMean(key, known) || `; known keys are ${known.join(', ')}`;
    if (!known.includes(key)) report(spot, key, `"${key}" is not a key here${meant}`, context);
  }
}

function report(spot: Spot, key: string, message: string, { source }: BuildContext): void {
  source.report({ offset: spot.offset, path: `${spot.path}.${key}` }, message);
}

function isStage(value: unknown): boolean {
  return (stageOrder as readonly unknown[]).includes(value);
}

function unknownStage(value: unknown): string {
  return `"${String(value)}" is not a stage${didYouMean(String(value), stageOrder)}`;
}
