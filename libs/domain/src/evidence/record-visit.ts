import type { LeadFactOf } from '../lifecycle/lead-fact.js';
import { compareStamps, insertNewest, isWithin } from './event-order.js';
import type { CampaignTouch, Evidence, FormFill, PageView } from './evidence.js';
import { currentStart } from './record-occurrence.js';

const pagesKept = 10;
const formsKept = 5;
const fieldsKept = 20;
const wordsKept = 300;

/** Keeps what a rep wants to know of an event: the page, the form with its answers, the campaign. Bounded; a set. */
export function recordVisit(evidence: Evidence, fact: LeadFactOf<'engaged'>): Evidence {
  const { type, name, page, properties, campaign } = fact.event;
  const path = type === 'page' || type === 'screen' ? (page?.path ?? name) : undefined;
  const form = type === 'track' ? properties?.['form'] : undefined;
  let next = evidence;
  if (path !== undefined) {
    const view = {
      at: fact.at,
      path: shorten(path),
      ...(page?.title === undefined ? {} : { title: shorten(page.title) }),
    };
    next = { ...next, pages: insertNewest(next.pages, view, { limit: pagesKept, compare: comparePages }) };
  }
  if (typeof form === 'string') {
    const fill: FormFill = {
      at: fact.at,
      event: fact.eventId,
      form: shorten(form),
      fields: fieldsOf(properties ?? {}),
    };
    next = { ...next, forms: insertNewest(next.forms, fill, { limit: formsKept, compare: compareStamps }) };
  }
  return campaign === undefined ? next : recordCampaign(next, { at: fact.at, event: fact.eventId, campaign });
}

/** Forgets what was kept of one event, its pages by the times at which it gave signals. */
export function forgetVisit(evidence: Evidence, event: string, times: ReadonlySet<number>): Evidence {
  const { firstCampaign, lastCampaign } = evidence;
  return {
    ...evidence,
    pages: evidence.pages.filter(({ at }) => !times.has(at)),
    forms: evidence.forms.filter((form) => form.event !== event),
    firstCampaign: firstCampaign?.event === event ? null : firstCampaign,
    lastCampaign: lastCampaign?.event === event ? null : lastCampaign,
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

function comparePages(left: PageView, right: PageView): number {
  if (left.at !== right.at || left.path === right.path) {
    return left.at - right.at;
  }
  return left.path < right.path ? -1 : 1;
}

function fieldsOf(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = Object.entries(properties).filter(([name, value]) => name !== 'form' && typeof value !== 'object');
  return Object.fromEntries(
    plain.slice(0, fieldsKept).map(([name, value]) => [name, typeof value === 'string' ? shorten(value) : value]),
  );
}

function shorten(text: string): string {
  return text.slice(0, wordsKept);
}
