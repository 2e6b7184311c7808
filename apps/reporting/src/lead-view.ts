import type { Handoff } from '@baton/contracts/lead-stages';
import type { Clock } from '@baton/contracts/sla-clocks';
import type { Clock as ClockView, LeadDetail, LeadSummary, QueueItem } from '@baton/contracts/http/reporting';
import type { LeadRow } from './lead-store.js';
import { accountOf, companyOf, nameOf, traitsOf } from './profile.js';

/** A lead as `GET /api/leads/{id}` shows it. */
export function leadDetail(row: LeadRow): LeadDetail {
  return {
    ...leadSummary(row),
    traits: row.profile ? traitsOf(row.profile) : {},
    account: row.profile ? accountOf(row.profile) : null,
    clocks: row.clocks.map(clockView),
    handoff: handoffOf(row),
    answers: row.answers,
    playbook: row.standing?.playbook ?? null,
  };
}

/** A lead as lists show it. */
export function leadSummary(row: LeadRow): LeadSummary {
  const { profile, standing } = row;
  return {
    ...identityOf(row),
    stage: standing?.stage ?? 'lead',
    cycle: standing?.cycle ?? 1,
    since: standing?.since.toISOString() ?? profile?.createdAt ?? null,
    createdAt: profile?.createdAt ?? null,
    scores: scoresOf(row),
    owner: ownerOf(row),
    clock: currentClock(row),
    ...(standing?.historic === true ? { historic: true } : {}),
  };
}

function identityOf(row: LeadRow): QueueItem['lead'] {
  const { lead: id, profile } = row;
  const who = profile ? { name: nameOf(profile), company: companyOf(profile) } : { name: null, company: null };
  return {
    id,
    email: profile?.email?.value ?? null,
    userId: profile?.userId?.value ?? null,
    ...who,
    persona: personaOf(row),
  };
}

/** A lead as the work queue shows it. */
export function queueItem(row: LeadRow): QueueItem {
  const { stage, cycle, since, scores, owner, clock } = leadSummary(row);
  const handoff = handoffOf(row);
  const reason = handoff?.reasons[0] ?? row.standing?.via ?? null;
  return {
    lead: identityOf(row),
    stage,
    cycle,
    since,
    scores,
    owner,
    clock,
    handoff,
    nextStep: handoff?.nextStep ?? null,
    reason,
  };
}

/** Scoring's newest word, else what the last stage change was decided on. */
export function personaOf(row: LeadRow): string {
  return row.scores?.persona ?? row.standing?.persona ?? 'unknown';
}

function scoresOf(row: LeadRow): LeadSummary['scores'] {
  const known = row.scores
    ? { ...row.scores, asOf: row.scores.asOf.toISOString() }
    : row.standing && (JSON.parse(row.standing.scores) as NonNullable<LeadSummary['scores']>);
  if (!known) return null;
  const { fit, engagement, total, grade, asOf } = known;
  return { fit: twoDecimals(fit), engagement: twoDecimals(engagement), total: twoDecimals(total), grade, asOf };
}

function twoDecimals(score: number): number {
  return Math.round(score * 100) / 100;
}

const unowned: ReadonlySet<string> = new Set(['visitor', 'lead']);

/** From entering `mql` until routing's first decision is read, the owner is by definition the fallback of the playbook. */
function ownerOf({ owner, standing, fallback }: LeadRow): LeadSummary['owner'] {
  if (owner) return { rep: owner.rep, team: owner.team, since: owner.since.toISOString() };
  if (!standing || unowned.has(standing.stage) || fallback === null) return null;
  const [kind, id = null] = fallback.split(':');
  return { rep: kind === 'rep' ? id : null, team: kind === 'team' ? id : null, since: standing.since.toISOString() };
}

function currentClock({ clocks, standing }: LeadRow): ClockView | null {
  const clock = clocks.find(({ cycle }) => cycle === (standing?.cycle ?? 1));
  return clock ? clockView(clock) : null;
}

function clockView(clock: Clock): ClockView {
  const { id, cycle, sla, state, startedAt, eventAt, dueAt, warnedAt, metAt, breachedAt, promiseSeconds, hours } =
    clock;
  return { id, cycle, sla, state, startedAt, eventAt, dueAt, warnedAt, metAt, breachedAt, promiseSeconds, hours };
}

/** The handoff with every answer given since: what has been answered is not asked again. */
function handoffOf({ handoff, answers }: LeadRow): Handoff | null {
  if (!handoff) return null;
  return {
    ...handoff,
    answers: { ...handoff.answers, ...answers },
    open: handoff.open.filter(({ id }) => !Object.hasOwn(answers, id)),
  };
}
