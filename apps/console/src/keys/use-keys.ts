import { useEffect, useRef } from 'react';
import { singleKeysAct } from './single-keys.js';

/** What a key does; the key as the browser names it (`j`, `Enter`, `?`). */
export type Keys = Record<string, (() => void) | undefined>;

/**
 * Single keys for the whole page. They rest while somebody types, while a dialog is open, and while a modifier is
 * held, so that no shortcut of the browser or of a screen reader is taken.
 */
export function useKeys(keys: Keys): void {
  const current = useRef(keys);
  useEffect(() => {
    current.current = keys;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('[role="dialog"]')) return;
      if (event.key.length === 1 && !singleKeysAct()) return;
      if (event.key === 'Enter' && isControl(event.target)) return;
      const act = current.current[event.key];
      if (!act) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('a, button, summary') !== null;
}
