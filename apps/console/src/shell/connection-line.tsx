import { CloudOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { LiveState } from '../live/live-changes.js';
import styles from './connection-line.module.css';

/** A hiccup shorter than this is not worth a word. */
const patienceMs = 1_500;

/** Says that the page is no longer live, and nothing while it is. */
export function ConnectionLine({ state }: { state: LiveState }) {
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (state !== 'lost') return setShown(false);
    const timer = setTimeout(() => setShown(true), patienceMs);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div role="status">
      {shown && (
        <p className={styles['line']}>
          <CloudOff aria-hidden="true" />
          <span>
            <strong>Connection lost.</strong> Reconnecting by itself; until then this page asks every 10 seconds.
          </span>
        </p>
      )}
    </div>
  );
}
