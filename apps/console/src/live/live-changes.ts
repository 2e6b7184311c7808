/** Server-sent events, with healing: a lost connection is said, retried ever more slowly, and followed by one full refresh. */

export type LiveState = 'connecting' | 'live' | 'lost';

interface LiveChange {
  kind: 'stage' | 'assignment' | 'clock' | 'score';
  lead: string;
  at: string;
}

interface LiveOptions {
  onChange: (change: LiveChange) => void;
  onState: (state: LiveState) => void;
  /** The connection is back after it was lost, or the server asks to read anew: anything may have changed meanwhile. */
  onHealed: () => void;
}

const kinds = ['stage', 'assignment', 'clock', 'score'] as const;
const firstRetryMs = 1_000;
const slowestRetryMs = 15_000;

/** Opens `/api/live` and keeps it open until the returned function is called. */
export function followChanges({ onChange, onState, onHealed }: LiveOptions): () => void {
  let source: EventSource | undefined;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let waitMs = firstRetryMs;
  let wasLost = false;

  const open = (): void => {
    clearTimeout(retry);
    source?.close();
    source = new EventSource('/api/live');
    source.onopen = () => {
      waitMs = firstRetryMs;
      onState('live');
      if (wasLost) onHealed();
      wasLost = false;
    };
    source.onerror = () => {
      wasLost = true;
      onState('lost');
      // The browser retries a cut stream by itself; a refused one it gives up.
      if (source?.readyState !== EventSource.CLOSED) return;
      retry = setTimeout(open, waitMs);
      waitMs = Math.min(slowestRetryMs, waitMs * 2);
    };
    source.addEventListener('resync', onHealed);
    for (const kind of kinds) source.addEventListener(kind, (event) => hear(kind, event, onChange));
  };

  const openNow = (): void => {
    if (document.visibilityState === 'visible' && wasLost) open();
  };

  onState('connecting');
  open();
  window.addEventListener('online', openNow);
  document.addEventListener('visibilitychange', openNow);
  return () => {
    clearTimeout(retry);
    source?.close();
    window.removeEventListener('online', openNow);
    document.removeEventListener('visibilitychange', openNow);
  };
}

function hear(kind: LiveChange['kind'], event: MessageEvent<string>, onChange: (change: LiveChange) => void): void {
  const data = JSON.parse(event.data) as { lead?: unknown; at?: unknown };
  if (typeof data.lead !== 'string') return;
  onChange({ kind, lead: data.lead, at: typeof data.at === 'string' ? data.at : '' });
}
