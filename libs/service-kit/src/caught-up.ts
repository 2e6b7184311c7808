import type { ServiceName, Topic } from '@baton/contracts/topics';
import type { Transport } from '@baton/messaging/transport';

/** How long reading may stand still before something is decided without it. */
const patienceMs = 60_000;
/** How soon a wait notices that it is to end. */
const sliceMs = 1_000;

export interface Reader {
  readonly service: ServiceName;
  readonly topics: readonly Topic[];
  /** Ends the waiting: the call rejects with its reason. */
  readonly signal: AbortSignal;
}

/**
 * Resolves true once a service has handled everything that is in these topics now; false when its reading stands still for
 * a minute, however long it went on before.
 */
export async function caughtUp(transport: Transport, { service, topics, signal }: Reader): Promise<boolean> {
  const end = await transport.endPositions(topics);
  const reached = async () => JSON.stringify(await transport.consumedPositions(service));
  let before = await reached();
  for (let quietMs = 0; quietMs < patienceMs; quietMs += sliceMs) {
    if (await transport.waitFor(service, end, sliceMs)) return true;
    signal.throwIfAborted();
    const now = await reached();
    if (now !== before) quietMs = 0;
    before = now;
  }
  return false;
}
