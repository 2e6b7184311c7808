import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sendWebhook } from '../src/send-webhook.js';
import { Receiver } from './receiver.js';

let receiver: Receiver;
beforeAll(async () => {
  receiver = await Receiver.open();
});
afterAll(() => receiver.close());

const message = { headers: { 'webhook-id': 'msg_1' }, body: '{"type":"test"}' };
const send = (timeoutMs?: number) =>
  sendWebhook(
    { url: receiver.url, allowPrivate: true },
    { ...message, ...(timeoutMs === undefined ? {} : { timeoutMs }) },
  );

describe('sending a webhook', () => {
  it('posts JSON with the given headers and takes any 2xx as delivered', async () => {
    receiver.answering = (_received, response) => response.writeHead(202).end('thanks');
    expect(await send()).toEqual({ delivered: true, status: 202, error: null });
    expect(receiver.received.at(-1)).toMatchObject({
      body: message.body,
      headers: { 'content-type': 'application/json', 'webhook-id': 'msg_1', 'user-agent': 'Baton-Webhooks/1' },
    });
  });

  it('takes an error as one, with the wish of the receiver', async () => {
    receiver.answering = (_received, response) => response.writeHead(429, { 'retry-after': '120' }).end();
    expect(await send()).toEqual({ delivered: false, status: 429, error: 'answered 429', retryAfter: '120' });
  });

  it('follows no redirect', async () => {
    const before = receiver.received.length;
    receiver.answering = (_received, response) => response.writeHead(307, { location: receiver.url }).end();
    expect(await send()).toMatchObject({
      delivered: false,
      status: 307,
      error: 'answered 307: redirects are not followed',
    });
    expect(receiver.received.length).toBe(before + 1);
  });

  it('gives up on an answer that does not come, and waits for no body that never ends', async () => {
    receiver.answering = () => undefined;
    expect(await send(50)).toEqual({ delivered: false, status: null, error: 'no answer within 0.05 s' });
    receiver.answering = (_received, response) => void response.writeHead(200).write('…');
    expect(await send(1_000)).toMatchObject({ delivered: true, status: 200 });
  });

  it('reads no more of an answer than it needs', async () => {
    receiver.answering = (_received, response) => {
      response.writeHead(200, { 'content-length': String(50_000_000) }).write('x'.repeat(100_000));
    };
    expect(await send(2_000)).toMatchObject({ delivered: true, status: 200 });
  });

  it('says that nobody is there', async () => {
    const dead = await Receiver.open();
    const { url } = dead;
    await dead.close();
    const outcome = await sendWebhook({ url, allowPrivate: true }, message);
    expect(outcome).toMatchObject({ delivered: false, status: null });
    expect(outcome.error).toContain('ECONNREFUSED');
  });

  it.each([
    'https://127.0.0.1:9/hook',
    'https://[::1]:9/hook',
    'https://[::ffff:127.0.0.1]:9/',
    'https://169.254.169.254/latest',
    'https://2130706433/',
  ])('refuses the private address %s without connecting', async (url) => {
    const outcome = await sendWebhook({ url, allowPrivate: false }, message);
    expect(outcome).toMatchObject({ delivered: false, status: null });
    expect(outcome.error).toContain('is a private address; set allowPrivate');
  });

  it('refuses a name that leads to a private address', async () => {
    const { port } = new URL(receiver.url);
    const before = receiver.received.length;
    const outcome = await sendWebhook({ url: `https://localhost:${port}/hook`, allowPrivate: false }, message);
    expect(outcome.error).toContain('localhost is a private address');
    expect(receiver.received.length).toBe(before);
  });

  it('refuses plain http unless private addresses are allowed', async () => {
    expect((await sendWebhook({ url: 'http://example.com/', allowPrivate: false }, message)).error).toContain(
      'only https',
    );
  });
});
