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
    next = { ...next, pages: insertPage(next.pages, { at: fact.at, path, title: page?.title }) };
  }
  if (typeof form === 'string') {
    const fill: FormFill = { at: fact.at, event: fact.eventId, form: shorten(form), fields: fieldsOf(properties ?? {}) };
    next = { ...next, forms: insertNewest(next.forms, fill, { limit: formsKept, same: sameEvent }) };
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

/** Oldest first, of one moment by path; the newest are kept. */
function insertPage(pages: readonly PageView[], { at, path, title }: { at: number; path: string; title: string | undefined }): readonly PageView[] {
  const view = { at, path: shorten(path), ...(title === undefined ? {} : { title: shorten(title) }) };
  const later = pages.findIndex((each) => each.at > at || (each.at === at && each.path >= view.path));
  const index = later < 0 ? pages.length : later;
  const known = pages[index];
  if (known !== undefined && known.at === at && known.path === view.path) {
    return pages;
  }
  return [...pages.slice(0, index), view, ...pages.slice(index)].slice(-pagesKept);
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
  return Object.fromEntries(plain.slice(0, fieldsKept).map(([name, value]) => [name, typeof value === 'string' ? shorten(value) : value]));
}

function shorten(text: string): string {
  return text.length > wordsKept ? text.slice(0, wordsKept) : text;
}

function sameEvent(left: FormFill, right: FormFill): boolean {
  return left.event === right.event;
}
