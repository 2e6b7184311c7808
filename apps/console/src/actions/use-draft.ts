import { useState } from 'react';

/** Form contents that survive a closed dialog, a failed request and a reload of this tab, until they are sent. */
export function useDraft<T extends object>(key: string, initial: T): [T, (change: Partial<T>) => void, () => void] {
  const [draft, setDraft] = useState<T>(() => ({ ...initial, ...stored<T>(key) }));
  const change = (part: Partial<T>): void => {
    setDraft((before) => {
      const next = { ...before, ...part };
      sessionStorage.setItem(key, JSON.stringify(next));
      return next;
    });
  };
  return [draft, change, () => sessionStorage.removeItem(key)];
}

function stored<T>(key: string): Partial<T> {
  const text = sessionStorage.getItem(key);
  return text ? (JSON.parse(text) as Partial<T>) : {};
}
