import type { Route } from '@baton/contracts/http/route';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { KeyDirectory } from './key-directory.js';
import type { Principal } from './principal.js';
import { problem } from './problem.js';
import { sessionOf } from './session-cookie.js';
import type { Settings } from './settings.js';

/** Decides who calls and what they may do. Write keys are no principals: ingest checks them itself. */
export class Access {
  private readonly isAdminToken: (given: string) => boolean;

  constructor(
    private readonly settings: Pick<Settings, 'secret' | 'adminToken'>,
    private readonly keys: KeyDirectory,
    private readonly clock: () => number,
  ) {
    this.isAdminToken = comparing(settings.adminToken);
  }

  /**
   * Answers who may make this call, or undefined for a stranger at a public route. Throws 401 without a valid identity,
   * 403 for the wrong role and for a session's change that another site asked for.
   */
  async admit(route: Route, request: FastifyRequest): Promise<Principal | undefined> {
    const principal = await this.identify(request.headers);
    if (route.access === 'public' || route.access === 'write-key') return principal;
    if (!principal) throw unauthenticated();
    if (principal.kind === 'session' && request.method !== 'GET') refuseOtherSites(request.headers);
    if (route.access !== 'any-role' && !route.access.includes(principal.role)) throw forbidden(route, principal);
    return principal;
  }

  /** Who a secret text stands for: the admin token or a secret key. */
  async principalOf(token: string): Promise<Principal | undefined> {
    if (this.isAdminToken(token)) return { role: 'admin', kind: 'token', name: 'admin' };
    const key = await this.keys.find(token);
    if (key?.kind !== 'secret' || key.role === undefined) return undefined;
    return { role: key.role, kind: 'key', name: key.name };
  }

  private async identify(headers: IncomingHttpHeaders): Promise<Principal | undefined> {
    const token = /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
    if (token !== undefined) return this.principalOf(token);
    return sessionOf(headers.cookie, this.settings.secret, this.clock());
  }
}

/** Tells whether a text is this secret, in constant time, whatever the lengths. */
export function comparing(secret: string): (given: string) => boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(secret);
  return (given) => timingSafeEqual(digest(given), expected);
}

/** Browsers name where a change comes from; SameSite cookies are the first lock, this is the second. */
function refuseOtherSites({ 'sec-fetch-site': site, origin, host }: IncomingHttpHeaders): void {
  const ownOrigin = origin === undefined || (URL.canParse(origin) && new URL(origin).host === host);
  if (ownOrigin && (site === undefined || site === 'same-origin' || site === 'none')) return;
  throw problem(403, 'Request from another site', 'A signed-in browser may change things only from the console itself');
}

function unauthenticated() {
  const how = 'Send "Authorization: Bearer <secret key or admin token>", or sign in at /sign-in';
  return problem(401, 'Not signed in', how);
}

function forbidden(route: Route, { role }: Principal) {
  const allowed = (route.access as readonly string[]).join(', ');
  return problem(
    403,
    'Not allowed',
    `${route.method} ${route.path} needs one of the roles ${allowed}; this is ${role}`,
  );
}
