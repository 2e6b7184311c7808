import { CircleAlert, CircleCheck, Undo2, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Problem } from '../api/client.js';
import { useKeys } from '../keys/use-keys.js';
import { Button } from '../look/button.js';
import styles from './toast-line.module.css';

/** One message about what was just done, with the way back while there is one. */
export interface Toast {
  key: number;
  lead: string;
  words: string;
  undo?: () => Promise<unknown>;
  failed?: boolean;
}

const undoMs = 10_000;

interface ToastLineProps {
  toast: Toast;
  onClose: () => void;
  onUndone: (next: Toast) => void;
}

/** Stays for the ten seconds in which the action can be undone; a failure stays until it is closed. */
export function ToastLine({ toast, onClose, onUndone }: ToastLineProps) {
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (toast.failed) return;
    const timer = setTimeout(onClose, undoMs);
    return () => clearTimeout(timer);
    // The time runs from when the message came, whatever is drawn anew meanwhile.
  }, [toast.key]);
  const undo = (): void => {
    if (!toast.undo || busy) return;
    setBusy(true);
    const next = { key: Date.now(), lead: toast.lead };
    toast
      .undo()
      .then(() => onUndone({ ...next, words: 'Taken back' }))
      .catch((error: unknown) =>
        onUndone({
          ...next,
          failed: true,
          words: error instanceof Problem ? error.message : 'It could not be taken back.',
        }),
      );
  };
  useKeys({ z: toast.undo && undo });
  return (
    <div className={styles['place']} role={toast.failed ? 'alert' : 'status'}>
      <div className={styles['toast']}>
        {toast.failed ? (
          <CircleAlert className={styles['failed']} aria-hidden="true" />
        ) : (
          <CircleCheck className={styles['done']} aria-hidden="true" />
        )}
        <span className={styles['words']}>{toast.words}</span>
        {toast.undo && (
          <Button tone="quiet" icon={<Undo2 />} shortcut="z" onClick={undo} disabled={busy}>
            Undo
          </Button>
        )}
        <button type="button" className={styles['close']} aria-label="Close message" onClick={onClose}>
          <X />
        </button>
        {toast.undo && <span className={styles['left']} aria-hidden="true" />}
      </div>
    </div>
  );
}
