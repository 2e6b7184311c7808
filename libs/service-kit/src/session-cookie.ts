import { roles } from '@baton/contracts/definitions';
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Principal } from './principal.js';

const cookieName = 'baton_session';
const lifetimeMs = 12 * 3600 * 1000;

/**
 * A session is a signed statement of who signed in and until when; nothing is stored. The value is
 * `<base64url JSON>.<base64url HMAC-SHA-256>`, keyed with BATON_SECRET.
 */
export function sessionCookie(principal: Principal, secret: string, now: number): string {
  const { role, name, rep } = principal;
  const payload = Buffer.from(JSON.stringify({ role, name, rep, until: now + lifetimeMs })).toString('base64url');
  return cookie(`${payload}.${sign(payload, secret)}`, lifetimeMs / 1000);
}

/** The header that makes a browser forget its session. */
export function expiredSessionCookie(): string {
  return cookie('', 0);
}

/** Who a `Cookie` header stands for; undefined when it names no session, a forged or an expired one. */
export function sessionOf(header: string | undefined, secret: string, now: number): Principal | undefined {
  const [payload, signature] = valueOf(header)?.split('.') ?? [];
  if (!payload || !signature || !same(signature, sign(payload, secret))) return undefined;
  const { role, name, rep, until } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as SessionPayload;
  const valid = until > now && roles.includes(role);
  return valid ? { role, name, kind: 'session', ...(rep === undefined ? {} : { rep }) } : undefined;
}

type SessionPayload = Omit<Principal, 'kind'> & { readonly until: number };

function cookie(value: string, maxAgeSeconds: number): string {
  return `${cookieName}=${value}; Path=/; HttpOnly; SameSite=Strict; Max-Age=${maxAgeSeconds}`;
}

function valueOf(header: string | undefined): string | undefined {
  const prefix = `${cookieName}=`;
  const pair = header?.split(/;\s*/).find((part) => part.startsWith(prefix));
  return pair?.slice(prefix.length);
}

function sign(payload: string, secret: string): string {
  return createHmac('sha256', secret).update(`session:${payload}`).digest('base64url');
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
