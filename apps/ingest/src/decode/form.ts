import { normalEmail } from '@baton/domain/evidence/email';
import { automatedBy } from './automated.js';
import { cleanJson } from './clean-json.js';
import type { Decoded, DecodedEvent, Json, Reception } from './decoded-event.js';
import { eventTime } from './event-time.js';
import { FieldReader, isJson, present, textOf } from './fields.js';
import { messageIdOf } from './message-id.js';
import { campaignOf, pageOf } from './page-view.js';

/** Fields of a form that steer Baton and are no answers of the person. */
const steering = new Set([
  'writeKey',
  'redirect',
  'anonymousId',
  'userId',
  'messageId',
  'timestamp',
  'sentAt',
  'context',
  'page',
  '_honey',
]);

/** Form fields that tell who the person is, by the names that forms commonly give them. */
const traitOfField: Readonly<Record<string, string>> = {
  email: 'email',
  'e-mail': 'email',
  work_email: 'email',
  name: 'name',
  full_name: 'name',
  fullName: 'name',
  firstName: 'firstName',
  first_name: 'firstName',
  lastName: 'lastName',
  last_name: 'lastName',
  title: 'title',
  job_title: 'title',
  jobTitle: 'title',
  phone: 'phone',
  country: 'country',
  region: 'region',
  city: 'city',
  language: 'language',
  company: 'company',
};

export interface FormPost {
  readonly formId: string;
  readonly fields: Json;
  /** Of the page that posted, where the browser says. */
  readonly referrer?: string;
}

/**
 * Decodes a form post into one `Form Submitted` event with `properties.form` and the answers; fields that tell who the person
 * is become traits, so a form with an e-mail identifies. A filled honeypot field `_honey` marks it as a bot's. A form without
 * any identifier counts as a visitor of its own.
 */
export function decodeForm({ formId, fields, referrer }: FormPost, reception: Reception): Decoded {
  const cleaned = cleanJson(fields);
  if ('fault' in cleaned) return { events: [], rejected: [cleaned.fault] };
  const clean = cleaned.value as Json;
  const read = new FieldReader(clean);
  const messageId = messageIdOf(clean, read, reception);
  const traits = traitsOf(clean);
  const context = read.object('context');
  const page = pageOf(clean['page'], context?.['page'], { url: referrer });
  const userId = read.id('userId');
  const event = present({
    type: 'track',
    messageId,
    at: eventTime({ original: clean['timestamp'], sentAt: clean['sentAt'] }, reception.receivedAt),
    userId,
    anonymousId: read.id('anonymousId') ?? (userId || normalEmail(traits['email']) ? undefined : `form-${messageId}`),
    name: 'Form Submitted',
    properties: { form: formId, ...answersOf(clean) },
    traits: Object.keys(traits).length > 0 ? traits : undefined,
    page,
    campaign: campaignOf(context, page),
    automated: textOf(clean['_honey']) ? ('bot' as const) : automatedBy(reception.userAgent),
  }) as DecodedEvent;
  return read.fault ? { events: [], rejected: [{ messageId, ...read.fault }] } : { events: [event], rejected: [] };
}

function traitsOf(fields: Json): Json {
  const traits: Json = isJson(fields['traits']) ? { ...fields['traits'] } : {};
  for (const [field, value] of Object.entries(fields)) {
    const trait = Object.hasOwn(traitOfField, field) ? traitOfField[field] : undefined;
    if (trait && value !== '') traits[trait] = value;
  }
  return traits;
}

/** `properties` may be nested (JSON posts) or the fields themselves (HTML forms). */
function answersOf(fields: Json): Json {
  const nested = isJson(fields['properties']) ? fields['properties'] : {};
  const own = Object.entries(fields).filter(
    ([name]) => !steering.has(name) && name !== 'properties' && name !== 'traits',
  );
  return { ...Object.fromEntries(own), ...nested };
}
