import { describe, expect, it } from '@jest/globals';
import type { Reception } from './decoded-event.js';
import { isRefusal } from './decoded-event.js';
import { decodeForm } from './form.js';
import { readFormFields } from './form-fields.js';

const reception: Reception = {
  receivedAt: Date.parse('2026-03-02T12:00:00.000Z'),
  trusted: false,
  newId: () => 'fresh',
};

async function fieldsOf(body: string, contentType: string) {
  const fields = await readFormFields(Buffer.from(body), contentType);
  if (isRefusal(fields)) throw new Error(fields.refused.message);
  return fields;
}

const multipart = [
  '--b',
  'Content-Disposition: form-data; name="email"',
  '',
  'kim@acme.io',
  '--b',
  'Content-Disposition: form-data; name="topics"',
  '',
  'a',
  '--b',
  'Content-Disposition: form-data; name="topics"',
  '',
  'b',
  '--b',
  'Content-Disposition: form-data; name="cv"; filename="cv.txt"',
  'Content-Type: text/plain',
  '',
  'file',
  '--b--',
  '',
].join('\r\n');

describe('the fields of a form', () => {
  it.each([
    ['JSON', '{"email":"kim@acme.io","topics":["a","b"]}', 'application/json'],
    ['JSON under another name', '{"email":"kim@acme.io","topics":["a","b"]}', 'text/plain'],
    ['urlencoded text', 'email=kim%40acme.io&topics=a&topics=b', 'application/x-www-form-urlencoded'],
    ['multipart, without its files', multipart, 'multipart/form-data; boundary=b'],
  ])('are read from %s', async (_name, body, contentType) => {
    expect(await fieldsOf(body, contentType)).toEqual({ email: 'kim@acme.io', topics: ['a', 'b'] });
  });

  it.each([
    ['broken JSON', '{"email":', 'application/json'],
    ['a JSON list', '[]', 'application/json'],
    ['multipart without a boundary', multipart, 'multipart/form-data'],
    ['multipart cut short', multipart.slice(0, 80), 'multipart/form-data; boundary=b'],
  ])('are refused from %s', async (_name, body, contentType) => {
    expect(await readFormFields(Buffer.from(body), contentType)).toMatchObject({ refused: {} });
  });
});

describe('a form post', () => {
  const post = (fields: Record<string, unknown>) =>
    decodeForm({ formId: 'demo', fields, referrer: 'https://acme.io/demo?utm_source=ads' }, reception);

  it('is one event that submits the form and tells who the person is', () => {
    const { events } = post({
      email: 'kim@acme.io',
      first_name: 'Kim',
      budget: 'approved',
      anonymousId: 'a1',
      redirect: '/thanks',
    });
    expect(events).toEqual([
      {
        type: 'track',
        name: 'Form Submitted',
        messageId: 'fresh',
        at: reception.receivedAt,
        anonymousId: 'a1',
        properties: { form: 'demo', email: 'kim@acme.io', first_name: 'Kim', budget: 'approved' },
        traits: { email: 'kim@acme.io', firstName: 'Kim' },
        page: { path: '/demo', url: 'https://acme.io/demo?utm_source=ads' },
        campaign: { source: 'ads' },
      },
    ]);
  });

  it('without any identifier counts as a visitor of its own', () => {
    expect(post({ question: 'why' }).events[0]?.anonymousId).toBe('form-fresh');
  });

  it('with a filled honeypot is a bot’s', () => {
    expect(post({ email: 'kim@acme.io', _honey: 'x' }).events[0]?.automated).toBe('bot');
  });

  it('with a forbidden field name is rejected', () => {
    expect(post(JSON.parse('{"__proto__":{"a":1}}') as Record<string, unknown>).rejected).toHaveLength(1);
  });
});
