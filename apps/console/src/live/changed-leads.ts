import { useSyncExternalStore } from 'react';

/** How long what changed stays marked. */
const markedMs = 2_000;

const marked = new Map<string, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();

/** Marks a lead as just changed; a further change starts the time anew. */
export function markChanged(lead: string): void {
  clearTimeout(marked.get(lead));
  marked.set(
    lead,
    setTimeout(() => {
      marked.delete(lead);
      tell();
    }, markedMs),
  );
  tell();
}

/** Whether this lead changed within the last two seconds. */
export function useJustChanged(lead: string): boolean {
  return useSyncExternalStore(subscribe, () => marked.has(lead));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(): void {
  for (const listener of listeners) listener();
}
