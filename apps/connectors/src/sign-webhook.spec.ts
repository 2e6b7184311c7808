import { describe, expect, it } from '@jest/globals';
import { Webhook } from 'standardwebhooks';
import { isSigningSecret, newSigningSecret, signedHeaders } from './sign-webhook.js';

const now = Math.floor(Date.now() / 1000);
const body = JSON.stringify({ type: 'baton.lead.stage-changed.v1', data: { lead: 'kim', note: 'naïve – 日本' } });

describe('the signature of a webhook', () => {
  it('is accepted by the reference library, whatever the secret', () => {
    for (let turn = 0; turn < 20; turn += 1) {
      const secret = newSigningSecret();
      const headers = signedHeaders({ id: 'msg_1', timestamp: now, body }, [secret]);
      expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body));
    }
  });

  it('is refused for another body, id, time or secret', () => {
    const secret = newSigningSecret();
    const headers = signedHeaders({ id: 'msg_1', timestamp: now, body }, [secret]);
    const webhook = new Webhook(secret);
    expect(() => webhook.verify(`${body} `, headers)).toThrow();
    expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'msg_2' })).toThrow();
    expect(() => webhook.verify(body, { ...headers, 'webhook-timestamp': String(now - 1) })).toThrow();
    expect(() => new Webhook(newSigningSecret()).verify(body, headers)).toThrow();
  });

  it('is accepted with the former and with the new secret while one replaces the other', () => {
    const [present, former] = [newSigningSecret(), newSigningSecret()];
    const headers = signedHeaders({ id: 'msg_1', timestamp: now, body }, [present, former]);
    for (const secret of [present, former]) expect(new Webhook(secret).verify(body, headers)).toBeDefined();
  });

  it.each([
    [newSigningSecret(), true],
    [`whsec_${Buffer.alloc(24, 1).toString('base64')}`, true],
    [`whsec_${Buffer.alloc(64, 1).toString('base64')}`, true],
    [`whsec_${Buffer.alloc(23, 1).toString('base64')}`, false],
    [`whsec_${Buffer.alloc(65, 1).toString('base64')}`, false],
    ['whsec_not base64 at all, but quite long enough', false],
    [Buffer.alloc(32, 1).toString('base64'), false],
  ])('takes %s as a secret: %s', (secret, valid) => {
    expect(isSigningSecret(secret)).toBe(valid);
  });
});
