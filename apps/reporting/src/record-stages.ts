import {
  type LeadAnswered,
  type LeadCorrected,
  type LeadStageChanged,
  leadAnswered,
  leadCorrected,
  leadOutcomeNotApplied,
  leadStageChanged,
} from '@baton/contracts/lead-stages';
import type { DataOf } from '@baton/contracts/envelope';
import type { Batch, LogRecord } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { type GivenAnswer, saveAnswers } from './answer-store.js';
import type { LiveEvent } from './live-feed.js';
import { departedAmong } from './profile-store.js';
import { type Recorded, recorded } from './recorded.js';
import { type StoredChange, correctChanges, restand, saveChanges } from './stage-store.js';
import { type TimelineEntry, answerLine, correctionLine, stageLine } from './timeline-entry.js';
import { appendTimeline } from './timeline-store.js';

interface Gathered {
  readonly changes: StoredChange[];
  readonly corrections: LeadCorrected[];
  readonly answers: GivenAnswer[];
  readonly timeline: TimelineEntry[];
  readonly live: LiveEvent[];
}

/**
 * Folds `lead.stages`: the set of changes, the answers, and from the set of changes where each lead stands and when each
 * cycle entered each stage.
 */
export async function recordStages(batch: Batch, sql: Sql): Promise<Recorded> {
  const gone = await departedAmong(sql, [...new Set(batch.records.map((record) => record.key))]);
  const gathered: Gathered = { changes: [], corrections: [], answers: [], timeline: [], live: [] };
  for (const record of batch.records) if (!gone.has(record.key)) gather(record, gathered);
  await saveChanges(sql, gathered.changes);
  await correctChanges(sql, gathered.corrections);
  const moved = [...new Set(gathered.live.map(({ data }) => data.lead))];
  await restand(sql, moved);
  await saveAnswers(sql, gathered.answers);
  await appendTimeline(sql, gathered.timeline);
  return recorded({ changed: moved, live: gathered.live });
}

function gather(record: LogRecord, to: Gathered): void {
  const { key: lead, envelope } = record;
  switch (envelope.type) {
    case leadStageChanged.type:
      return gatherChange(record as LogRecord<LeadStageChanged>, to);
    case leadCorrected.type: {
      const fact = envelope.data as LeadCorrected;
      to.corrections.push(fact);
      to.timeline.push({ lead, at: fact.decidedAt, id: idOf(record), ...correctionLine(fact) });
      to.live.push({ event: 'stage', data: { lead, at: fact.decidedAt, corrected: fact.kind, stage: fact.stage } });
      return;
    }
    case leadAnswered.type: {
      const fact = envelope.data as LeadAnswered;
      to.timeline.push({ lead, at: fact.at, id: idOf(record), ...answerLine(fact) });
      for (const [question, answer] of Object.entries(fact.answers)) to.answers.push({ lead, question, answer });
      return;
    }
    case leadOutcomeNotApplied.type: {
      const fact = envelope.data as DataOf<typeof leadOutcomeNotApplied>;
      const title = `Not applied: ${fact.outcome} (${fact.why})`;
      to.timeline.push({ lead, at: fact.at, id: idOf(record), kind: 'event', title, data: JSON.stringify(fact) });
      return;
    }
  }
}

function gatherChange(record: LogRecord<LeadStageChanged>, to: Gathered): void {
  const { key: lead, envelope, position } = record;
  const fact = envelope.data;
  to.changes.push({ id: envelope.id, lead, position, fact });
  to.timeline.push({ lead, at: fact.at, id: idOf(record), ...stageLine(fact) }, ...countedSignals(lead, fact));
  to.live.push({ event: 'stage', data: { lead, at: fact.at, from: fact.from, to: fact.to, cycle: fact.cycle } });
}

/** The signals a decision counted, once each however many decisions counted them. */
function countedSignals(lead: string, { signals }: LeadStageChanged): TimelineEntry[] {
  return signals.map(({ signal, title, intent, at, event, offer, topic, product }) => ({
    lead,
    at,
    id: `g:${event}:${signal}`,
    kind: 'signal',
    title: title ?? signal,
    data: JSON.stringify({ signal, intent, event, offer, topic, product }),
  }));
}

function idOf(record: LogRecord): string {
  return `t${record.position}`;
}
