import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DecodedEvent, type Reception, isRefusal } from './decoded-event.js';
import { decodeForm } from './form.js';
import { readFormFields } from './form-fields.js';
import { decodeImportItem } from './import-item.js';
import { decodePixel, readPixelData, readRudderPixel } from './pixel.js';
import { decodeBatch } from './segment-batch.js';
import { decodeCall } from './segment-call.js';
import { decodeSnowplow } from './snowplow.js';

const receivedAt = Date.parse('2026-03-02T12:00:00.000Z');
const reception: Reception = { receivedAt, trusted: false, newId: () => 'fresh' };
const trusted: Reception = { ...reception, trusted: true };

/** Text that databases, decoders and terminals stumble over. */
const nasty = fc.constantFrom(
  '\0',
  'a\0b',
  '\ud800',
  '',
  ' ',
  '__proto__',
  'constructor',
  '2026-02-30',
  '-1',
  '1e999',
  'x'.repeat(300),
  '\u202e',
  '💥',
);
const text = fc.oneof(fc.string({ unit: 'binary' }), nasty);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    fc.constantFrom(null, true, false, 0, -0, 1e308, Number.MAX_SAFE_INTEGER),
    text,
    fc.double(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(text, tie('value'), { maxKeys: 4 }),
  ),
})).value;
const maybe = (good: fc.Arbitrary<unknown>) => fc.oneof({ weight: 3, arbitrary: good }, { weight: 1, arbitrary: json });
const call = fc.record(
  {
    type: maybe(
      fc.constantFrom('track', 'page', 'screen', 'identify', 'group', 'alias', 'stage', 'activity', 'outcome'),
    ),
    event: maybe(fc.constantFrom('Call Logged', 'Opportunity Won', 'X')),
    userId: maybe(fc.constantFrom('u1', 'kim@acme.io', 7)),
    anonymousId: maybe(fc.uuid()),
    previousId: json,
    groupId: maybe(fc.constant('acme.io')),
    messageId: maybe(fc.uuid()),
    timestamp: maybe(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
    sentAt: maybe(fc.date({ noInvalidDate: true }).map((date) => date.toISOString())),
    traits: maybe(fc.dictionary(text, json, { maxKeys: 3 })),
    properties: maybe(fc.dictionary(text, json, { maxKeys: 3 })),
    context: maybe(fc.record({ page: json, campaign: json, traits: json, userAgent: text }, { requiredKeys: [] })),
    historic: maybe(fc.boolean()),
    stage: maybe(fc.constant('mql')),
    activity: json,
    outcome: json,
  },
  { requiredKeys: ['type'] },
);

function isSound(event: DecodedEvent): void {
  const written = JSON.stringify(event);
  expect(written).not.toContain('\\u0000');
  expect(JSON.parse(written)).toMatchObject({ type: event.type });
  expect(event.at).toBeLessThanOrEqual(receivedAt);
  expect(Number.isInteger(event.at) && event.at > 0).toBe(true);
  expect(event.messageId.length).toBeGreaterThan(0);
  expect(event.messageId.length).toBeLessThan(100);
  expect(event.userId ?? event.anonymousId ?? event.traits?.['email']).toBeDefined();
}

function isSoundOrRejected(result: ReturnType<typeof decodeCall>): void {
  if ('event' in result) isSound(result.event);
  else expect(result.rejected.reason).not.toBe('');
}

/** As the wire delivers it: what JSON cannot carry is gone. */
const wired = (value: unknown) => JSON.parse(JSON.stringify(value) ?? 'null') as unknown;

describe('whatever arrives, a decoder answers with a sound event or a reason', () => {
  const runs = { numRuns: 2500 };

  it('for calls of every type', () => {
    fc.assert(
      fc.property(call, (value) => isSoundOrRejected(decodeCall(wired(value), null, reception))),
      runs,
    );
    fc.assert(
      fc.property(json, (value) => isSoundOrRejected(decodeCall(wired(value), 'track', trusted))),
      runs,
    );
  });

  it('for imported items', () => {
    fc.assert(
      fc.property(call, (value) => isSoundOrRejected(decodeImportItem(wired(value), null, trusted))),
      runs,
    );
  });

  it('for batches, each item standing for itself', () => {
    const batch = fc.record({
      batch: maybe(fc.array(fc.oneof(call, json), { maxLength: 5 })),
      context: json,
      sentAt: json,
    });
    const holds = (value: unknown) => {
      const result = decodeBatch(wired(value), reception, { bytes: 40_000 });
      if (isRefusal(result)) return;
      const items = (wired(value) as { batch: unknown[] }).batch;
      expect(result.events.length + result.rejected.length).toBe(items.length);
      result.events.forEach(isSound);
    };
    fc.assert(fc.property(batch, holds), runs);
  });

  it('for Snowplow’s events', () => {
    const item = fc.record(
      {
        e: maybe(fc.constantFrom('pv', 'pp', 'se', 'ue')),
        uid: json,
        duid: maybe(fc.uuid()),
        eid: json,
        dtm: json,
        url: json,
        se_ac: maybe(text),
        ue_pr: maybe(json.map((value) => JSON.stringify(value))),
        ua: json,
      },
      { requiredKeys: [] },
    );
    const holds = (value: unknown) => {
      const result = decodeSnowplow(wired(value), reception);
      if (!isRefusal(result)) result.events.forEach(isSound);
    };
    fc.assert(fc.property(fc.record({ data: maybe(fc.array(item, { maxLength: 3 })) }), holds), runs);
  });

  it('for pixels', () => {
    const data = fc.oneof(
      text,
      json.map((value) => JSON.stringify(value)),
      call.map((value) => Buffer.from(JSON.stringify(value)).toString('base64url')),
    );
    const holds = (value: unknown) => {
      const read = readPixelData(value);
      if (!isRefusal(read)) decodePixel(read, 'page', reception).events.forEach(isSound);
    };
    fc.assert(fc.property(data, holds), runs);
    const query = fc.dictionary(
      fc.oneof(text, fc.constantFrom('userId', 'event', 'properties', 'context', 'properties.a')),
      text,
    );
    fc.assert(
      fc.property(query, (value) => decodePixel(readRudderPixel(value), 'track', reception).events.forEach(isSound)),
      runs,
    );
  });

  it('for forms of any content type', async () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
      fc.dictionary(text, json, { maxKeys: 5 }).map((value) => Buffer.from(JSON.stringify(value))),
      fc
        .array(text, { maxLength: 5 })
        .map((parts) =>
          Buffer.from(`--b\r\nContent-Disposition: form-data; name="${parts.join('"\r\n\r\n--b\r\n')}--b--\r\n`),
        ),
    );
    const types = fc.constantFrom(
      'application/json',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=b',
      'multipart/form-data',
      'text/plain',
      '',
    );
    const holds = async (bytes: Buffer, contentType: string) => {
      const fields = await readFormFields(bytes, contentType);
      if (isRefusal(fields)) return;
      decodeForm({ formId: 'f', fields }, reception).events.forEach(isSound);
    };
    await fc.assert(fc.asyncProperty(body, types, holds), runs);
  });
});
