import { Check, Copy } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from '../look/button.js';
import styles from './start-page.module.css';

/** Code to take away, with one button that copies it. */
export function Snippet({ title, about, code }: { title: string; about: string; code: string }) {
  const id = useId();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(code);
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  };
  return (
    <section className={styles['way']} aria-labelledby={id}>
      <div className={styles['wayHead']}>
        <div>
          <h2 id={id}>{title}</h2>
          <p>{about}</p>
        </div>
        <Button icon={copied ? <Check /> : <Copy />} onClick={() => void copy()} aria-label={`Copy: ${title}`}>
          <span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
        </Button>
      </div>
      <pre className={styles['code']} tabIndex={0} aria-label={`Code: ${title}`}>
        <code>{code}</code>
      </pre>
    </section>
  );
}
