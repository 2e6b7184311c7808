import { RotateCw, TriangleAlert } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Problem } from '../api/client.js';
import { Button } from './button.js';
import styles from './notice.module.css';

/** What this place is, why nothing is in it, and the next step. */
export function Empty({ icon, title, children }: { icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <div className={styles['notice']}>
      <span className={styles['icon']} aria-hidden="true">
        {icon}
      </span>
      <h2>{title}</h2>
      <div className={styles['words']}>{children}</div>
    </div>
  );
}

/** An error in the words of the API, with a way out. */
export function Failure({ what, error, retry }: { what: string; error: unknown; retry: () => void }) {
  const problem = error instanceof Problem ? error : null;
  return (
    <div className={styles['notice']} role="alert">
      <span className={styles['failed']} aria-hidden="true">
        <TriangleAlert />
      </span>
      <h2>{what}</h2>
      <div className={styles['words']}>
        <p>
          {problem ? problem.title : 'Something unexpected happened in this page.'}
          {problem?.detail ? <>: {problem.detail}</> : null}
        </p>
        <Button icon={<RotateCw />} onClick={retry}>
          Try again
        </Button>
      </div>
    </div>
  );
}

/** Grey lines in place of what is coming, shown only when it takes longer than 200 ms. */
export function Skeleton({ lines = 6, what }: { lines?: number; what: string }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  if (!late) return null;
  return (
    <div className={styles['skeleton']} role="status">
      <span className="visually-hidden">Loading {what}</span>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} style={{ width: `${92 - ((line * 37) % 45)}%` }} />
      ))}
    </div>
  );
}
