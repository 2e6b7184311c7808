import { useSyncExternalStore } from 'react';

/** One clock for the page, set by the server's `Date` header, so that what is left of a promise is the same on every screen. */

const state = { offsetMs: 0, known: false, now: Date.now() };
const listeners = new Set<() => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** The header has whole seconds: the true time lies up to a second after it. Small differences are noise, not a wrong clock. */
export function noteServerTime(header: string | null, sentAt: number, receivedAt: number): void {
  const said = header ? Date.parse(header) : Number.NaN;
  if (Number.isNaN(said)) return;
  const offset = said + 500 - (sentAt + receivedAt) / 2;
  if (state.known && Math.abs(offset - state.offsetMs) < 1_500) return;
  state.offsetMs = Math.abs(offset) < 1_500 ? 0 : offset;
  state.known = true;
}

/** Epoch milliseconds by the server's clock. */
export function serverNow(): number {
  return Date.now() + state.offsetMs;
}

/** Server time, renewed every second. All users tick together. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => state.now);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  state.now = serverNow();
  ticking ??= setInterval(tick, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(ticking);
    ticking = undefined;
  };
}

function tick(): void {
  state.now = serverNow();
  for (const listener of listeners) listener();
}
