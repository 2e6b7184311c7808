import { createHash } from 'node:crypto';
import type { Json, Reception } from './decoded-event.js';
import type { FieldReader } from './fields.js';

const longest = 100;

/**
 * The id under which an event has effect once: the client's own, else a hash of the content where the content carries a
 * time (so that a retry is recognised), else a fresh one (two equal clicks are two).
 */
export function messageIdOf(fields: Json, read: FieldReader, reception: Reception): string {
  const own = read.id('messageId');
  if (own === undefined) return carriesTime(fields) ? contentId(fields) : reception.newId();
  if (own.length >= longest) read.fail('messageId', `expected fewer than ${longest} characters`);
  return own;
}

/** The same content gives the same id. */
export function contentId(fields: Json): string {
  const { sentAt: _sentAt, ...content } = fields;
  return `c-${createHash('sha256').update(JSON.stringify(content)).digest('base64url').slice(0, 32)}`;
}

function carriesTime(fields: Json): boolean {
  return fields['timestamp'] !== undefined || fields['originalTimestamp'] !== undefined;
}
