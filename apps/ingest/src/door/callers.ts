import { comparing } from '@baton/service-kit/access';
import type { KeyDirectory } from '@baton/service-kit/key-directory';
import type { Settings } from '@baton/service-kit/settings';
import type { FastifyRequest } from 'fastify';
import { isJson } from '../decode/fields.js';

/** Who sends events: the source its key stands for, and whether it is believed what only servers may say. */
export interface Caller {
  /** Names the key without telling it. */
  readonly key: string;
  readonly source: string;
  readonly trusted: boolean;
}

/** Knows write keys and secret keys, in any of the places where clients put them. */
export class Callers {
  private readonly isWriteKey: (given: string) => boolean;
  private readonly isAdminToken: (given: string) => boolean;

  constructor(
    { writeKey, adminToken }: Pick<Settings, 'writeKey' | 'adminToken'>,
    private readonly keys: Pick<KeyDirectory, 'find'>,
  ) {
    this.isWriteKey = comparing(writeKey);
    this.isAdminToken = comparing(adminToken);
  }

  /** Who sent a request; `body` is what was decoded of it. Null for a stranger. */
  async of({ headers, query }: Pick<FastifyRequest, 'headers' | 'query'>, body: unknown): Promise<Caller | null> {
    const told = isJson(body) ? body['writeKey'] : undefined;
    const places = [
      authorized(headers.authorization),
      headers['x-write-key'],
      (query as { writeKey?: unknown }).writeKey,
      told,
    ];
    for (const key of places) {
      const caller = typeof key === 'string' && key !== '' ? await this.byKey(key) : null;
      if (caller) return caller;
    }
    return null;
  }

  private async byKey(key: string): Promise<Caller | null> {
    if (this.isWriteKey(key)) return { key: 'write-key', source: 'default', trusted: false };
    if (this.isAdminToken(key)) return { key: 'admin-token', source: 'server', trusted: true };
    const known = await this.keys.find(key);
    if (!known) return null;
    return { key: known.id, source: known.source ?? known.id, trusted: known.kind === 'secret' };
  }
}

/** The bearer token, or the user of Basic; a Basic user without the colon works as well. */
function authorized(header: string | undefined): string | undefined {
  const [, scheme, credentials = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(header ?? '') ?? [];
  if (scheme === undefined) return undefined;
  if (scheme.toLowerCase() === 'bearer') return credentials;
  return Buffer.from(credentials, 'base64').toString('utf8').split(':', 1)[0];
}
