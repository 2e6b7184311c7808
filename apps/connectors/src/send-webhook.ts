import { lookup as resolve } from 'node:dns';
import { type LookupFunction, isIP } from 'node:net';
import { Agent, request } from 'undici';
import { isPrivateAddress } from './private-address.js';

/** How an attempt ended. `delivered` is an answer of 2xx and nothing else. */
export interface Outcome {
  readonly delivered: boolean;
  readonly status: number | null;
  /** For people: what went wrong; null when delivered. */
  readonly error: string | null;
  /** The answer's `Retry-After`, as it came. */
  readonly retryAfter?: string;
}

export interface Target {
  readonly url: string;
  readonly allowPrivate: boolean;
}

export interface Request {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly timeoutMs?: number;
}

const openAgent = new Agent({ maxHeaderSize: 16_384, pipelining: 0 });
const guardedAgent = new Agent({ maxHeaderSize: 16_384, pipelining: 0, connect: { lookup: publicLookup() } });

/**
 * Posts a message once and says how it ended; never throws. Redirects are not followed: a 3xx is a failure. The address is
 * checked where the connection is made, so a name that changes its mind after a check gains nothing. The whole exchange,
 * answer included, has 15 seconds.
 */
export async function sendWebhook(
  { url, allowPrivate }: Target,
  { headers, body, timeoutMs = 15_000 }: Request,
): Promise<Outcome> {
  const refused = allowPrivate ? null : refusalOf(new URL(url));
  if (refused !== null) return { delivered: false, status: null, error: refused };
  try {
    const response = await request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'Baton-Webhooks/1', ...headers },
      body,
      dispatcher: allowPrivate ? openAgent : guardedAgent,
      signal: AbortSignal.timeout(timeoutMs),
    });
    // The status is the whole answer; a body that is too long or never ends changes nothing about it.
    await response.body.dump({ limit: 16_384 }).catch(() => undefined);
    return outcomeOf(response.statusCode, response.headers['retry-after']);
  } catch (error) {
    return { delivered: false, status: null, error: reasonOf(error, timeoutMs) };
  }
}

function outcomeOf(status: number, retryAfter: string | string[] | undefined): Outcome {
  if (status >= 200 && status < 300) return { delivered: true, status, error: null };
  const error = status >= 300 && status < 400 ? `answered ${status}: redirects are not followed` : `answered ${status}`;
  const wish = Array.isArray(retryAfter) ? retryAfter[0] : retryAfter;
  return { delivered: false, status, error, ...(wish === undefined ? {} : { retryAfter: wish }) };
}

/** Why a URL is refused before any connection; null when it is not. Addresses written as such never reach the look-up. */
function refusalOf({ protocol, hostname }: URL): string | null {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') return 'only https is allowed; set allowPrivate for a receiver of your own network';
  return isIP(address) !== 0 && isPrivateAddress(address) ? privateRefusal(address) : null;
}

function privateRefusal(address: string): string {
  return `${address} is a private address; set allowPrivate if this receiver is meant`;
}

/** Resolves like `dns.lookup`, but to public addresses alone. */
function publicLookup(): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '', 0);
      const open = addresses.filter(({ address }) => !isPrivateAddress(address));
      const [first] = open;
      if (!first) return callback(new Error(privateRefusal(hostname)), '', 0);
      return options.all === true ? callback(null, open) : callback(null, first.address, first.family);
    });
  };
}

function reasonOf(error: unknown, timeoutMs: number): string {
  const { name, code, message } = error as { name?: unknown; code?: unknown; message?: unknown };
  if (name === 'TimeoutError') return `no answer within ${timeoutMs / 1000} s`;
  const words = [message, code].filter((part) => typeof part === 'string' && part !== '');
  return words.length === 0 ? 'the connection failed' : [...new Set(words)].join(' ');
}
