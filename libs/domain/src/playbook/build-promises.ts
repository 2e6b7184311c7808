import { type BuildContext, buildCondition, refuseRepeats, refuseUnknown, textOf } from './build-context.js';
import { given } from './given.js';
import type { PlaybookDefinition, RoutingDefinition, SlaEscalation, SlaTier } from './definition.js';
import type { Located } from './field-readers.js';
import type { WrittenPlaybook } from './playbook-shape.js';

/** Builds the SLA tiers, in their order. */
export function buildSlas(context: BuildContext): readonly SlaTier[] {
  const slas = context.written.slas ?? [];
  refuseRepeats(
    slas.map(({ id }) => id),
    context.source,
  );
  return slas.map(({ id, when, firstTouch = 0, warnAt = [], hours = 'business', escalate = [], cadence = [] }) => {
    for (const { value, spot } of warnAt) {
      if (value >= 1)
        context.source.report(
          spot,
          'a warning comes before the promise is due; write less than 100%, or an escalation',
        );
    }
    return {
      id: textOf(id),
      firstTouchMs: firstTouch,
      warnAt: warnAt.map(({ value }) => value),
      hours,
      escalate: escalate.map((step) => buildEscalation(step, context)),
      cadenceMs: cadence,
      ...given({ when: buildCondition(when, 'sla', context) }),
    };
  });
}

type WrittenEscalation = NonNullable<NonNullable<WrittenPlaybook['slas']>[number]['escalate']>[number];

function buildEscalation(
  { at = 0, notify, reassign, page, spot }: WrittenEscalation,
  { source }: BuildContext,
): SlaEscalation {
  if (reassign?.value === false) source.report(reassign.spot, 'write reassign: true, or leave it out');
  if (notify === undefined && reassign === undefined && page === undefined) {
    source.report(spot, 'an escalation needs notify, reassign or page');
  }
  return { at, ...given({ notify, page, reassign: reassign?.value === true ? (true as const) : undefined }) };
}

/** Builds the routing; with a roster at hand every team must be on it. */
export function buildRouting(context: BuildContext): RoutingDefinition {
  const { sticky = [], rules = [], fallback } = context.written.routing ?? {};
  refuseRepeats(
    rules.map(({ id }) => id),
    context.source,
  );
  refuseTeam(fallback, context);
  return {
    sticky,
    rules: rules.map(({ id, when, to, skills = [] }) => {
      refuseTeam(to, context);
      return { id: textOf(id), to: textOf(to), skills, ...given({ when: buildCondition(when, 'routing', context) }) };
    }),
    fallback: textOf(fallback),
  };
}

function refuseTeam(to: Located<string> | undefined, context: BuildContext): void {
  if (to === undefined) return;
  const team = /^team:([a-z0-9-]{1,60})$/.exec(to.value)?.[1];
  if (team === undefined) context.source.report(to.spot, `"${to.value}" is no team; write it as in "team:inbound"`);
  else if (context.teams !== null && !context.teams.includes(team)) {
    refuseUnknown(to, { kind: 'a team of the roster', known: context.teams.map((id) => `team:${id}`) }, context);
  }
}

/** Builds the health bands that a playbook overrides, as shares. */
export function buildBenchmarks({ written, source }: BuildContext): PlaybookDefinition['benchmarks'] {
  if (written.benchmarks === undefined) return undefined;
  const { spot: _, ...bands } = written.benchmarks;
  const built: Record<string, readonly [number, number]> = {};
  for (const [name, band] of Object.entries(bands)) {
    if (band === undefined) continue;
    const [low, high, ...more] = band.value.map(({ value }) => value);
    if (low !== undefined && high !== undefined && more.length === 0 && low < high && high <= 1)
      built[name] = [low, high];
    else source.report(band.spot, `write the healthy band from low to high, as in ${name}: [5%, 20%]`);
  }
  return built;
}
