import { describe, expect, it } from '@jest/globals';
import { expiredSessionCookie, sessionCookie, sessionOf } from './session-cookie.js';

const secret = 'a secret of thirty-two characters';
const now = Date.parse('2026-03-02T09:00:00Z');
const ana = { role: 'rep', kind: 'key', name: 'Ana', rep: 'ana' } as const;
const header = (setCookie: string) => setCookie.split(';')[0] ?? '';
const cookie = header(sessionCookie(ana, secret, now));

describe('the session cookie', () => {
  it('says who signed in', () => {
    expect(sessionOf(`theme=dark; ${cookie}`, secret, now)).toEqual({
      role: 'rep',
      kind: 'session',
      name: 'Ana',
      rep: 'ana',
    });
  });

  it('ends after twelve hours', () => {
    expect(sessionOf(cookie, secret, now + 12 * 3600_000 - 1)).toBeDefined();
    expect(sessionOf(cookie, secret, now + 12 * 3600_000)).toBeUndefined();
  });

  it('is refused when it was signed with another secret', () => {
    expect(sessionOf(cookie, 'another secret of the same length', now)).toBeUndefined();
  });

  it('is refused when its payload was changed', () => {
    const [payload = '', signature] = cookie.replace('baton_session=', '').split('.');
    const forged = Buffer.from(
      Buffer.from(payload, 'base64url').toString().replace('"rep","name"', '"admin","name"'),
    ).toString('base64url');
    expect(forged).not.toBe(payload);
    expect(sessionOf(`baton_session=${forged}.${signature}`, secret, now)).toBeUndefined();
  });

  it.each(['', 'baton_session=', 'baton_session=x', 'baton_session=x.y', 'baton_session=..'])(
    'takes %j for no session',
    (text) => {
      expect(sessionOf(text, secret, now)).toBeUndefined();
    },
  );

  it('is out of reach for scripts and other sites, and can be taken back', () => {
    expect(sessionCookie(ana, secret, now)).toMatch(/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    expect(expiredSessionCookie()).toContain('Max-Age=0');
  });
});
