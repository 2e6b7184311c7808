import type { LeadFactOf } from '../lifecycle/lead-fact.js';
import { compareStamps, insertNewest, isWithin } from './event-order.js';
import type { CampaignTouch, Evidence, FormFill, Stamp } from './evidence.js';
import { currentStart } from './record-occurrence.js';

const pagesKept = 10;
const formsKept = 5;
const fieldsKept = 20;
const fieldLength = 500;

/** Keeps what a rep wants to know of an event: the page, the form with its answers, the campaign. Bounded; a set. */
export function recordVisit(evidence: Evidence, fact: LeadFactOf<'engaged'>): Evidence {
  const { type, name, page, properties, campaign } = fact.event;
  const stamp = { at: fact.at, event: fact.eventId };
  const path = type === 'page' || type === 'screen' ? (page?.path ?? name) : undefined;
  const form = type === 'track' ? properties?.['form'] : undefined;
  let next = evidence;
  if (path !== undefined) {
    const view = page?.title === undefined ? { ...stamp, path } : { ...stamp, path, title: page.title };
    next = { ...next, pages: insertNewest(next.pages, view, { limit: pagesKept, same: sameEvent }) };
  }
  if (typeof form === 'string') {
    const fill: FormFill = { ...stamp, form, fields: fieldsOf(properties ?? {}) };
    next = { ...next, forms: insertNewest(next.forms, fill, { limit: formsKept, same: sameEvent }) };
  }
  return campaign === undefined ? next : recordCampaign(next, { ...stamp, campaign });
}

/** Forgets what was kept of one event. */
export function forgetVisit(evidence: Evidence, event: string): Evidence {
  const stays = (stamp: Stamp) => stamp.event !== event;
  const { firstCampaign, lastCampaign } = evidence;
  return {
    ...evidence,
    pages: evidence.pages.filter(stays),
    forms: evidence.forms.filter(stays),
    firstCampaign: firstCampaign !== null && stays(firstCampaign) ? firstCampaign : null,
    lastCampaign: lastCampaign !== null && stays(lastCampaign) ? lastCampaign : null,
  };
}

function recordCampaign(evidence: Evidence, touch: CampaignTouch): Evidence {
  const { firstCampaign, lastCampaign } = evidence;
  const isFirst = firstCampaign === null || compareStamps(touch, firstCampaign) < 0;
  const isLast = lastCampaign === null || compareStamps(touch, lastCampaign) > 0;
  return {
    ...evidence,
    firstCampaign: isFirst && isWithin(currentStart(evidence), touch) ? touch : firstCampaign,
    lastCampaign: isLast ? touch : lastCampaign,
  };
}

function fieldsOf(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = Object.entries(properties).filter(([name, value]) => name !== 'form' && typeof value !== 'object');
  return Object.fromEntries(
    plain.slice(0, fieldsKept).map(([name, value]) => [name, typeof value === 'string' ? value.slice(0, fieldLength) : value]),
  );
}

function sameEvent(left: Stamp, right: Stamp): boolean {
  return left.event === right.event;
}
