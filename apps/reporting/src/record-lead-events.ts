import type { DataOf } from '@baton/contracts/envelope';
import {
  type LeadActivityRecorded,
  type LeadEngaged,
  type LeadIdentified,
  type LeadOutcomeRecorded,
  type LeadProfileUpdated,
  leadAbsorbed,
  leadActivityRecorded,
  leadEngaged,
  leadErased,
  leadIdentified,
  leadOutcomeRecorded,
  leadProfileUpdated,
  leadsMerged,
} from '@baton/contracts/lead-events';
import type { Batch, LogRecord } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { type Attribution, type Touch, saveAttributions, saveTouches } from './attribution-store.js';
import { isTouch } from '@baton/domain/sla/touch';
import { type Profile, type ProfileFact, foldProfile, newProfile } from './profile.js';
import { type Departure, beginDepartures, forgetLeads, lockProfiles, saveProfiles } from './profile-store.js';
import { type Recorded, recorded } from './recorded.js';
import { type TimelineEntry, activityLine, engagementLine, outcomeLine } from './timeline-entry.js';
import { appendTimeline } from './timeline-store.js';

/** What a batch of `lead.events` adds, before anything is written. */
interface Gathered {
  readonly timeline: TimelineEntry[];
  readonly attributions: Attribution[];
  readonly touches: Touch[];
  readonly told: { readonly lead: string; readonly fact: ProfileFact }[];
  readonly departures: Departure[];
}

/**
 * Folds `lead.events`: who leads are, what they did, which contacts were touches. An event that only adds to the timeline
 * costs one narrow row.
 */
export async function recordLeadEvents(batch: Batch, sql: Sql): Promise<Recorded> {
  const gathered: Gathered = { timeline: [], attributions: [], touches: [], told: [], departures: [] };
  for (const record of batch.records) gather(record, gathered);
  const departures = lastDepartures(gathered.departures);
  if (departures.length > 0) await beginDepartures(sql);
  const changed = await saveTold(sql, gathered.told);
  await appendTimeline(sql, gathered.timeline);
  await saveAttributions(sql, gathered.attributions);
  await saveTouches(sql, gathered.touches);
  await forgetLeads(sql, departures);
  const gone = new Set(departures.map((departure) => departure.lead));
  return recorded({ changed: changed.filter((lead) => !gone.has(lead)), gone: departures });
}

/** An absorbed lead that is erased counts as erased. */
function lastDepartures(departures: readonly Departure[]): readonly Departure[] {
  return [...new Map(departures.map((departure) => [departure.lead, departure])).values()];
}

function gather(record: LogRecord, to: Gathered): void {
  const { key: lead, envelope } = record;
  switch (envelope.type) {
    case leadEngaged.type:
      return gatherEngagement(record, envelope.data as LeadEngaged, to);
    case leadActivityRecorded.type:
      return gatherActivity(record, envelope.data as LeadActivityRecorded, to);
    case leadOutcomeRecorded.type: {
      const outcome = envelope.data as LeadOutcomeRecorded;
      to.timeline.push({ lead, at: outcome.at, id: idOf(record), ...outcomeLine(outcome) });
      return;
    }
    case leadIdentified.type:
      return gatherIdentity(record, envelope.data as LeadIdentified, to);
    case leadProfileUpdated.type: {
      const { at, traits, account } = envelope.data as LeadProfileUpdated;
      to.told.push({ lead, fact: { at, traits, account } });
      return;
    }
    case leadsMerged.type: {
      const { at, traits, account, absorbed } = envelope.data as DataOf<typeof leadsMerged>;
      to.told.push({ lead, fact: { at, traits, account, fillsOnly: true } });
      to.timeline.push({
        lead,
        at,
        id: idOf(record),
        kind: 'event',
        title: 'Joined with another lead',
        data: JSON.stringify({ absorbed }),
      });
      return;
    }
    case leadAbsorbed.type: {
      const { at, survivor } = envelope.data as DataOf<typeof leadAbsorbed>;
      to.departures.push({ lead, survivor, at });
      return;
    }
    case leadErased.type:
      to.departures.push({ lead, survivor: null, at: (envelope.data as DataOf<typeof leadErased>).at });
      return;
    // Everything else in this topic (activations, imported stages, revocations) shows through what other services publish.
  }
}

function gatherEngagement(record: LogRecord, fact: LeadEngaged, to: Gathered): void {
  const lead = record.key;
  to.timeline.push({ lead, at: fact.at, id: idOf(record), ...engagementLine(fact) });
  const { name, source, medium } = fact.event.campaign ?? {};
  attribute({ lead, at: fact.at, event: fact.eventId, campaign: name, source, medium }, to);
}

function gatherActivity(record: LogRecord, fact: LeadActivityRecorded, to: Gathered): void {
  const lead = record.key;
  to.timeline.push({ lead, at: fact.at, id: idOf(record), ...activityLine(fact) });
  if (!isTouch(fact.activity)) return;
  to.touches.push({ lead, at: fact.at, event: fact.eventId, kind: fact.activity.kind, rep: fact.activity.rep ?? null });
}

/** What the visitor did to identify is an engagement of its own: it has the line on the timeline. */
function gatherIdentity(record: LogRecord, fact: LeadIdentified, to: Gathered): void {
  const lead = record.key;
  const { at, email, userId, traits, account } = fact;
  to.told.push({ lead, fact: { at, email, userId, traits, account } });
  const text = (name: string) => (typeof traits[name] === 'string' ? traits[name] : undefined);
  attribute(
    { lead, at, event: fact.eventId, campaign: text('campaign'), source: text('source'), medium: text('medium') },
    to,
  );
}

function attribute(
  from: { [Field in keyof Attribution]: Attribution[Field] | undefined } & Pick<Attribution, 'lead' | 'at' | 'event'>,
  to: Gathered,
): void {
  const { lead, at, event, campaign = null, source = null, medium = null } = from;
  if (campaign !== null || source !== null || medium !== null)
    to.attributions.push({ lead, at, event, campaign, source, medium });
}

/** Short, unique within a lead's timeline: a lead lives in one partition of the topic. */
function idOf(record: LogRecord): string {
  return `e${record.position}`;
}

/** Folds what the batch says of leads into their profiles; answers the leads whose profile is another one now. */
async function saveTold(sql: Sql, told: Gathered['told']): Promise<readonly string[]> {
  if (told.length === 0) return [];
  const leads = [...new Set(told.map(({ lead }) => lead))];
  const before = await lockProfiles(sql, leads);
  const after = new Map<string, Profile>(before);
  for (const { lead, fact } of told) after.set(lead, foldProfile(after.get(lead) ?? newProfile(fact.at), fact));
  const changed = new Map([...after].filter(([lead, profile]) => before.get(lead) !== profile));
  await saveProfiles(sql, changed);
  return [...changed.keys()];
}
