import type { LeadActivityRecorded, LeadEngaged, LeadOutcomeRecorded } from '@baton/contracts/lead-events';
import type { LeadScored } from '@baton/contracts/lead-scores';
import type { LeadAnswered, LeadCorrected, LeadStageChanged } from '@baton/contracts/lead-stages';
import type { LeadAssigned } from '@baton/contracts/lead-assignments';
import type { ClockFactData } from '@baton/contracts/sla-clocks';
import type { TimelineKind } from '@baton/contracts/http/reporting';
import { isTouch } from '@baton/domain/sla/touch';
import { stageTitles } from './stage-titles.js';

/** One line of a lead's history, as people read it. `data` is JSON text or null. */
export interface TimelineEntry {
  readonly lead: string;
  readonly at: string;
  readonly id: string;
  readonly kind: TimelineKind;
  readonly title: string;
  readonly data: string | null;
}

type Line = Pick<TimelineEntry, 'kind' | 'title' | 'data'>;

/** What a visitor did. Pages keep path and campaign only: the rest of a page's properties says nothing to people. */
export function engagementLine({ event }: LeadEngaged): Line {
  const { type, name, page, campaign, source, automated } = event;
  const where = page?.path ?? page?.url;
  const seen = {
    type,
    name,
    path: where,
    campaign,
    source,
    automated,
    properties: type === 'track' ? event.properties : undefined,
  };
  return { kind: 'event', title: engagementTitle(event, where), data: JSON.stringify(seen) };
}

function engagementTitle({ type, name, page }: LeadEngaged['event'], where: string | undefined): string {
  if (type === 'page') return `Viewed ${page?.title ?? name ?? where ?? 'a page'}`;
  if (type === 'screen') return `Viewed the screen ${name ?? ''}`.trimEnd();
  if (type === 'track') return name ?? 'Did something unnamed';
  return type === 'identify' ? 'Told who they are' : 'Named their company';
}

const outcomeWords: Readonly<Record<string, string>> = {
  created: 'The CRM created an opportunity',
  updated: 'The CRM updated the opportunity',
  won: 'The CRM reports the deal as won',
  lost: 'The CRM reports the deal as lost',
};

export function outcomeLine(fact: LeadOutcomeRecorded): Line {
  const { outcome, amount, currency, closeDate, reason } = fact;
  return {
    kind: 'event',
    title: outcomeWords[outcome] ?? outcome,
    data: JSON.stringify({ outcome, amount, currency, closeDate, reason }),
  };
}

export function activityLine({ activity, by }: LeadActivityRecorded): Line {
  const { kind, direction, outcome } = activity;
  const what = `${direction === 'inbound' ? 'Incoming ' : ''}${kind}: ${outcome}`;
  const title = `${what.charAt(0).toUpperCase()}${what.slice(1)}${activity.automated === true ? ' (automated)' : ''}`;
  return { kind: isTouch(activity) ? 'touch' : 'attempt', title, data: JSON.stringify({ ...activity, by }) };
}

/** Null when the change is too small to see: less than a whole point, and grade and persona as they were. */
export function scoreLine(fact: LeadScored): Line | null {
  const { scores, previous, persona, reasons } = fact;
  const moved = previous
    ? Math.round(scores.total) !== Math.round(previous.total) || scores.grade !== previous.grade
    : scores.total !== 0;
  if (!moved) return null;
  const from = previous ? `${Math.round(previous.total)} → ` : '';
  const title = `Score ${from}${Math.round(scores.total)}, grade ${scores.grade}`;
  return { kind: 'score', title, data: JSON.stringify({ scores, previous, persona, reasons }) };
}

export function stageLine(fact: LeadStageChanged): Line {
  const { from, to, cycle, via, reason, note, actor, criteria, playbook, historic, wakeAt, incomplete, scores } = fact;
  const title = `${stageTitles[from]} → ${stageTitles[to]}${reason === undefined ? '' : ` (${reason})`}`;
  const { name, version } = playbook;
  const data = {
    from,
    to,
    cycle,
    via,
    reason,
    note,
    actor,
    criteria,
    scores,
    historic,
    wakeAt,
    incomplete,
    playbook: { name, version },
  };
  return { kind: 'stage', title, data: JSON.stringify(data) };
}

export function correctionLine({ corrects, stage, kind, actor }: LeadCorrected): Line {
  const title =
    kind === 'undone' ? `Taken back, now ${stageTitles[stage]}` : `${stageTitles[stage]}: earlier than known before`;
  return { kind: 'stage', title, data: JSON.stringify({ corrects, stage, kind, actor }) };
}

export function answerLine({ answers, actor }: LeadAnswered): Line {
  const values = Object.fromEntries(Object.entries(answers).map(([question, answer]) => [question, answer.value]));
  return {
    kind: 'answer',
    title: `Answered: ${Object.keys(answers).join(', ')}`,
    data: JSON.stringify({ answers: values, actor }),
  };
}

export function assignmentLine({ owner, previous, decision, actor }: LeadAssigned): Line {
  const whom = owner.rep ?? `the queue of ${owner.team ?? 'nobody'}`;
  const title = previous ? `Reassigned to ${whom}` : `Assigned to ${whom}`;
  return { kind: 'assignment', title, data: JSON.stringify({ owner, previous, decision, actor }) };
}

/** `type` is the fact's CloudEvents type, `baton.clock.warned.v1`. */
export function clockLine(type: string, { clock }: ClockFactData): Line {
  const happened = type.split('.')[2] ?? 'changed';
  const { id, sla, state, dueAt, metAt, breachedAt } = clock;
  return {
    kind: 'clock',
    title: `Clock ${sla}: ${happened}`,
    data: JSON.stringify({ id, sla, state, dueAt, metAt, breachedAt }),
  };
}
