import { useSyncExternalStore } from 'react';

const wide = window.matchMedia('(width > 720px)');

/** Whether list and detail stand side by side; on a phone one takes the place of the other. */
export function useWideScreen(): boolean {
  return useSyncExternalStore(subscribe, () => wide.matches);
}

function subscribe(listener: () => void): () => void {
  wide.addEventListener('change', listener);
  return () => wide.removeEventListener('change', listener);
}
