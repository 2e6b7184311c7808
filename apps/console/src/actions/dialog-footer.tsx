import type { ReactNode } from 'react';
import { Button } from '../look/button.js';
import styles from './dialog-form.module.css';

interface DialogFooterProps {
  /** The words on the button that sends the form. */
  submit: string;
  busy: boolean;
  said?: string;
  /** What else can be done instead. */
  children: ReactNode;
}

/** The end of every dialog: a word on what follows, the other way, and the button that sends. */
export function DialogFooter({ submit, busy, said, children }: DialogFooterProps) {
  return (
    <footer className={styles['footer']}>
      {said && (
        <span className={styles['said']} role="status">
          {said}
        </span>
      )}
      {children}
      <Button type="submit" tone="primary" disabled={busy}>
        {submit}
      </Button>
    </footer>
  );
}
