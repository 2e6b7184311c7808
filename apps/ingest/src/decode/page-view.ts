import type { Campaign } from '@baton/contracts/lead-events';
import type { DecodedEvent, Json } from './decoded-event.js';
import { isJson, present, textOf } from './fields.js';

const longest = 2000;
const campaignFields = ['name', 'source', 'medium', 'term', 'content'] as const;

/** The page an event happened on: from the event's own properties (page calls), else from `context.page`. */
export function pageOf(...places: readonly unknown[]): DecodedEvent['page'] {
  const place = places.find(
    (candidate) => isJson(candidate) && (textOf(candidate['url']) ?? textOf(candidate['path'])),
  );
  if (!isJson(place)) return undefined;
  const url = bounded(place['url']);
  return present({
    path: bounded(place['path']) ?? pathOf(url),
    url,
    title: bounded(place['title']),
    referrer: bounded(place['referrer']),
  }) as DecodedEvent['page'];
}

/** The campaign by `context.campaign`, else by the `utm_` parameters of the page. */
export function campaignOf(context: Json | undefined, page: DecodedEvent['page']): Campaign | undefined {
  const told = context?.['campaign'];
  if (isJson(told)) return nonEmpty(campaignFields.map((field) => [field, bounded(told[field])]));
  const url = page?.url;
  if (!url?.includes('utm_') || !URL.canParse(url)) return undefined;
  const { searchParams } = new URL(url);
  const parameter = (field: string) => bounded(searchParams.get(`utm_${field === 'name' ? 'campaign' : field}`));
  return nonEmpty(campaignFields.map((field) => [field, parameter(field)]));
}

function nonEmpty(fields: readonly (readonly [string, string | undefined])[]): Campaign | undefined {
  const told = fields.filter(([, value]) => value !== undefined);
  return told.length > 0 ? (Object.fromEntries(told) as Campaign) : undefined;
}

function pathOf(url: string | undefined): string | undefined {
  return url && URL.canParse(url) ? new URL(url).pathname : undefined;
}

function bounded(value: unknown): string | undefined {
  return textOf(value)?.slice(0, longest).toWellFormed();
}
