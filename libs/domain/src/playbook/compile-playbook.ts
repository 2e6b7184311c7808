import { createPatternTable, type LabelledSignal } from '../conditions/pattern-table.js';
import { buildBenchmarks, buildRouting, buildSlas } from './build-promises.js';
import { buildChecklist, buildReasons } from './build-checklist.js';
import type { BuildContext } from './build-context.js';
import { buildExamples } from './build-examples.js';
import { buildExclusions, buildPersonas, buildScores, buildSignals } from './build-scores.js';
import { given } from './given.js';
import { buildStages } from './build-stages.js';
import { refuseDeclarations } from './declared-names.js';
import type { ChecklistItem, Fault, Playbook, PlaybookDefinition, SignalRule, TraitType } from './definition.js';
import { rootSpot } from './field-readers.js';
import { readPlaybook, type WrittenPlaybook } from './playbook-shape.js';
import { pointLimits } from './point-limits.js';
import { parseYaml, type YamlSource } from './yaml-source.js';

/** What is known outside the file; with a roster, teams that are not on it are refused. */
export interface CompileOptions {
  readonly roster?: { readonly teams: readonly { readonly id: string }[] };
}

export type CompiledPlaybook =
  | { readonly playbook: Playbook; readonly faults: readonly [] }
  | { readonly playbook: null; readonly faults: readonly Fault[] };

/**
 * Reads and checks a playbook and compiles its conditions. Every fault is listed at once, in the order of the file, with
 * line and column from 1 (inside a `when` the place in the expression); a playbook with a fault is not handed out. Never throws.
 */
export function compilePlaybook(source: string, options: CompileOptions = {}): CompiledPlaybook {
  const yaml = parseYaml(source);
  const written = yaml.root === null ? undefined : readPlaybook(rootSpot(yaml), yaml);
  const playbook = written === undefined ? null : build(written, { source: yaml, options });
  if (playbook !== null && yaml.faults.length === 0) return { playbook, faults: [] };
  return { playbook: null, faults: inOrder(yaml.faults) };
}

function build(
  written: WrittenPlaybook,
  { source, options }: { source: YamlSource; options: CompileOptions },
): Playbook {
  const context: BuildContext = {
    source,
    written,
    names: { traits: traitsOf(written), answers: answersOf(written) },
    patterns: createPatternTable(labelledSignals(written)),
    decaying: written.scores?.engagement?.halfLife !== undefined,
    limits: pointLimits(written),
    teams: options.roster?.teams.map(({ id }) => id) ?? null,
  };
  refuseDeclarations(context);
  const definition = define(context);
  return { definition, source: source.text, signalsOn: listeners(definition.signals), patterns: context.patterns.all };
}

function define(context: BuildContext): PlaybookDefinition {
  return {
    metadata: metadataOf(context.written),
    traits: context.names.traits,
    personas: buildPersonas(context),
    signals: buildSignals(context),
    exclusions: buildExclusions(context),
    scores: buildScores(context),
    stages: buildStages(context),
    checklist: buildChecklist(context),
    reasons: buildReasons(context),
    slas: buildSlas(context),
    routing: buildRouting(context),
    examples: buildExamples(context),
    ...given({ benchmarks: buildBenchmarks(context) }),
  };
}

function metadataOf({ metadata }: WrittenPlaybook): PlaybookDefinition['metadata'] {
  const { name = '', about, owners, reviewEvery } = metadata ?? {};
  return {
    name,
    owners: { marketing: owners?.marketing ?? [], sales: owners?.sales ?? [] },
    ...given({ about, reviewEveryMs: reviewEvery }),
  };
}

function traitsOf({ traits = [] }: WrittenPlaybook): Readonly<Record<string, TraitType>> {
  return Object.fromEntries(traits.map(({ key, value = 'text' as const }) => [key.value, value]));
}

function answersOf({ checklist = [] }: WrittenPlaybook): Readonly<Record<string, ChecklistItem['type']>> {
  return Object.fromEntries(
    checklist.flatMap(({ id, type = 'text' as const }) => (id === undefined ? [] : [[id.value, type]])),
  );
}

function labelledSignals({ signals = [] }: WrittenPlaybook): readonly LabelledSignal[] {
  return signals.map(({ key, value }) => {
    const { intent = 'low', offer, topic, product, title } = value ?? {};
    return { id: key.value, intent, ...given({ offer, topic, product, title }) };
  });
}

const reservedEvents = ['page', 'screen', 'identify', 'group'];

/** Signals by what they listen on, in the order of the file. */
function listeners(signals: readonly SignalRule[]): ReadonlyMap<string, readonly SignalRule[]> {
  const byEvent = new Map<string, SignalRule[]>();
  for (const signal of signals) {
    for (const name of signal.on) {
      const key = reservedEvents.includes(name) ? name : `track:${name}`;
      byEvent.set(key, [...(byEvent.get(key) ?? []), signal]);
    }
  }
  return byEvent;
}

/** In the order of the file; of several faults of one value at one place only the first, which caused the others. */
function inOrder(faults: readonly Fault[]): readonly Fault[] {
  const first = new Map<string, Fault>();
  for (const fault of faults) {
    const place = `${fault.line}:${fault.column} ${fault.path}`;
    if (!first.has(place)) first.set(place, fault);
  }
  return [...first.values()].toSorted((a, b) => a.line - b.line || a.column - b.column);
}
