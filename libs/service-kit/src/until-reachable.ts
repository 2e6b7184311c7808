import type { Logger } from '@baton/observability/logger';
import { faultOf } from '@baton/persistence/database-faults';
import { setTimeout as delay } from 'node:timers/promises';
import { types } from 'node:util';
import { StartRefusal } from './start-refusal.js';

const firstPauseMs = 200;
const longestPauseMs = 3_000;
const repeatLogMs = 60_000;

/** Something that the start needs does not answer at present. */
class Unreachable extends Error {}

export interface Needed {
  /** `PostgreSQL at db:5432`: no credentials. */
  readonly name: string;
  /** The settings that say where it is and who we are. */
  readonly settings: string;
  /** Where the errors say more than that it refuses us or is away. */
  readonly finding?: Finding | undefined;
}

export interface Finding {
  /** `closes the connection`: what it does, in place of "refuses this process" and "does not answer". */
  readonly what?: string;
  /** `unset KAFKA_SSL`: what to do next. */
  readonly advice: string;
}

/**
 * Does a part of the start that needs something outside. Rejects with a `StartRefusal` when that refuses us (credentials,
 * rights, TLS), with an error that `untilReachable` waits out when it does not answer, and else with the error as it is.
 */
export async function reaching<Result>(
  neededFor: (error: unknown) => Needed,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof StartRefusal || error instanceof Unreachable) throw error;
    const { name, settings, finding } = neededFor(error);
    const advice = finding?.advice ?? `check ${settings}`;
    const causes = causesOf(error);
    const refusal = causes.find(isRefusal);
    if (refusal)
      throw new StartRefusal(`${name} ${finding?.what ?? 'refuses this process'}: ${refusal.message}; ${advice}`);
    if (faultOf(error) !== 'transient') throw error;
    const away = `which ${finding?.what ?? 'does not answer'} (${causes[0]?.message || codeOf(error)})`;
    throw new Unreachable(`waits for ${name}, ${away}; if it runs, ${advice}`, { cause: error });
  }
}

export interface Patience {
  readonly logger: Logger;
  /** Told what is waited for, whenever that changes. */
  readonly tell: (sentence: string) => void;
  /** Ends the waiting: the call rejects with its reason. */
  readonly signal: AbortSignal;
}

/** Repeats an attempt that cleans up behind itself until what it needs answers, pausing 200 ms at first and 3 s at most. */
export async function untilReachable<Result>(
  attempt: () => Promise<Result>,
  { logger, tell, signal }: Patience,
): Promise<Result> {
  let said = { sentence: '', at: 0 };
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      const sentence = error.message;
      tell(sentence);
      if (sentence !== said.sentence || Date.now() - said.at > repeatLogMs) {
        logger.warn('the start waits', { reason: sentence });
        said = { sentence, at: Date.now() };
      }
    }
    await delay(Math.min(longestPauseMs, firstPauseMs * 2 ** (failures - 1)), undefined, { signal });
  }
}

/** An error and what it says caused it, the nearest first; clients name the cause in different ways. */
export function causesOf(error: unknown): readonly Error[] {
  const found: Error[] = [];
  for (let next = error; types.isNativeError(next) && !found.includes(next);) {
    found.push(next);
    const { cause, originalError, errors } = next as Error & { originalError?: unknown; errors?: readonly unknown[] };
    next = cause ?? originalError ?? errors?.[0];
  }
  return found;
}

/**
 * SQLSTATE of authentication, an unknown database and missing rights; what the Kafka client, the check of its topics and
 * that of our schemas call the like; codes and words of TLS. A `BrokerError` names brokers, whose names mean nothing: its cause decides.
 */
function isRefusal(error: Error): boolean {
  if (error.name === 'BrokerError') return false;
  if (/^(28...|3D000|42501)$/.test(codeOf(error))) return true;
  const { type } = error as { type?: unknown };
  if (/SASL|TopicMismatchError|SchemaMismatchError/.test(error.name) || /SASL|AUTHORIZATION_FAILED/.test(String(type)))
    return true;
  return /CERT|SELF_SIGNED|EPROTO|ERR_SSL|LEAF_SIGNATURE/.test(codeOf(error)) || /certificate|SSL/.test(error.message);
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code ?? '');
}
