import type { Intent, Pattern } from '../playbook/definition.js';
import { didYouMean } from './suggest-name.js';

/** What patterns look at in a signal. */
export interface LabelledSignal {
  readonly id: string;
  readonly intent: Intent;
  readonly offer?: string;
  readonly topic?: string;
  readonly product?: string;
  readonly title?: string;
}

/** Every pattern of one playbook, each once: equal texts give one object with a small index. */
export interface PatternTable {
  /** The pattern, or a sentence that says what is wrong with it. */
  intern(text: string): Pattern | string;
  readonly all: readonly Pattern[];
  /** Words for people: a signal's title, else its id. */
  titleOf(signal: string): string;
}

const intents: readonly string[] = ['high', 'medium', 'low', 'negative'];
const labelKinds = ['intent', 'offer', 'topic', 'product'] as const;
type LabelKind = (typeof labelKinds)[number];

/** A table for these signals, empty until patterns are interned. */
export function createPatternTable(signals: readonly LabelledSignal[]): PatternTable {
  const byText = new Map<string, Pattern>();
  const all: Pattern[] = [];
  const titles = new Map(signals.map((signal) => [signal.id, signal.title ?? signal.id]));
  return {
    all,
    titleOf: (signal) => titles.get(signal) ?? signal,
    intern(text) {
      const known = byText.get(text);
      if (known !== undefined) return known;
      const read = readPattern(text, signals);
      if (typeof read === 'string') return read;
      const pattern: Pattern = { ...read, text, index: all.length };
      byText.set(text, pattern);
      all.push(pattern);
      return pattern;
    },
  };
}

function readPattern(
  text: string,
  signals: readonly LabelledSignal[],
): Pick<Pattern, 'kind' | 'value' | 'signals'> | string {
  const colon = text.indexOf(':');
  if (colon < 0) return readSignal(text, signals);
  const kind = labelKinds.find((known) => known === text.slice(0, colon));
  if (kind === undefined) {
    return `"${text}" is no pattern; write the id of a signal, or intent:, offer:, topic: or product: with a value or *`;
  }
  const value = text.slice(colon + 1);
  const matching = signals.filter((signal) => matches(signal, kind, value)).map((signal) => signal.id);
  const problem = labelProblem(kind, value, signals);
  return problem ?? { kind, value, signals: new Set(matching) };
}

function readSignal(
  id: string,
  signals: readonly LabelledSignal[],
): Pick<Pattern, 'kind' | 'value' | 'signals'> | string {
  const ids = signals.map((signal) => signal.id);
  if (ids.includes(id)) return { kind: 'signal', value: id, signals: new Set([id]) };
  return `"${id}" is not a signal of this playbook${didYouMean(id, ids)}`;
}

/** Negative signals count only by their id or as `intent:negative`. */
function matches(signal: LabelledSignal, kind: LabelKind, value: string): boolean {
  if (signal.intent === 'negative') return kind === 'intent' && value === 'negative';
  return value === '*' ? signal[kind] !== undefined : signal[kind] === value;
}

function labelProblem(kind: LabelKind, value: string, signals: readonly LabelledSignal[]): string | null {
  if (kind === 'intent') {
    if (value === '*' || intents.includes(value)) return null;
    return `"${value}" is no intent; intents are high, medium, low and negative${didYouMean(value, intents)}`;
  }
  const labels = signals.map((signal) => signal[kind]).filter((label) => label !== undefined);
  if (value === '*' ? labels.length > 0 : labels.includes(value)) return null;
  return value === '*'
    ? `no signal carries a label "${kind}"`
    : `no signal carries ${kind}: ${value}${didYouMean(value, labels)}`;
}
