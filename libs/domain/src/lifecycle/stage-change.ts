import { stageScope } from '../evidence/evidence-view.js';
import type { Evidence } from '../evidence/evidence.js';
import type { Playbook, Scope, StageId } from '../playbook/definition.js';
import { scoresAt } from '../scoring/scores.js';
import { countedSignal } from './counted-signal.js';
import type { AccountView, Actor, Criterion, Scores, StageChange } from './fold.js';
import { handoffOf } from './handoff.js';
import { cycleOf, type Aside, type FactPosition, type LeadState } from './lead-state.js';

interface Change {
  readonly number: number;
  readonly from: StageId;
  readonly to: StageId;
  readonly actor: Actor;
  readonly criteria: readonly Criterion[];
  readonly via: string | null;
  readonly reason?: string;
  readonly aside?: Aside;
  readonly note?: string;
  readonly followUp?: string;
  readonly owner?: string;
  readonly amount?: number;
  readonly closeDate?: string;
  readonly incomplete?: readonly string[];
  readonly moment: {
    readonly at: number;
    readonly decidedAt: number;
    readonly receivedAt: number;
    readonly behind: FactPosition | null;
  };
}

/** A stage change with everything it was decided on; `state` is the lead's after it. */
export function stageChange(playbook: Playbook, state: LeadState, change: Change): StageChange {
  const { moment, aside, incomplete, ...told } = change;
  const { evidence } = state;
  const scope = stageScope(playbook, evidence, { now: Math.max(moment.at, evidence.leadTime ?? 0), stage: change.to });
  const { persona: _persona, ...traits } = evidence.lead;
  const hands = change.to === 'mql' || change.to === 'sql';
  return {
    ...told,
    cycle: cycleOf(state),
    cycleStart: evidence.cycles.at(-1) ?? { at: null },
    ...moment,
    ...(aside === undefined || aside.wakeAt === null ? {} : { wakeAt: aside.wakeAt }),
    ...(incomplete === undefined || incomplete.length === 0 ? {} : { incomplete }),
    ...(state.historic ? { historic: true as const } : {}),
    traits,
    account: accountOf(evidence),
    persona: evidence.profile.persona,
    scores: scoresOf(playbook, evidence, scope.now),
    signals: [...evidence.recent].reverse().map((occurrence) => countedSignal(playbook, occurrence)),
    campaign: evidence.firstCampaign?.campaign ?? null,
    holds: holdsAt(playbook, scope),
    ...(hands ? { handoff: handoffOf(playbook, evidence, scope) } : {}),
  };
}

/** Ids of the SLA tiers and routing rules whose conditions hold, in playbook order. */
function holdsAt({ definition }: Playbook, scope: Scope): StageChange['holds'] {
  const held = (
    rules: readonly { readonly id: string; readonly when?: { evaluate(scope: Scope): boolean | null } }[],
  ) => rules.filter(({ when }) => when === undefined || when.evaluate(scope) === true).map(({ id }) => id);
  return { slas: held(definition.slas), routing: held(definition.routing.rules) };
}

/** The scores of a lead as facts carry them. */
export function scoresOf(playbook: Playbook, evidence: Evidence, at: number): Scores {
  const { fit, engagement, total, grade } = scoresAt(playbook, evidence, at);
  return { fit, engagement, total, grade, asOf: at };
}

function accountOf({ account, accountTimes }: Evidence): AccountView {
  const { domain, freeMail, ...traits } = account;
  const timed = Object.entries(traits).map(([name, value]) => [name, { value, at: accountTimes[name] ?? 0 }] as const);
  return {
    domain: typeof domain === 'string' ? domain : null,
    freeMail: freeMail === true,
    traits: Object.fromEntries(timed),
  };
}
