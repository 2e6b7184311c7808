import type { FormEvent } from 'react';
import type { Move } from '../api/types.js';
import { Button } from '../look/button.js';
import { Field } from '../look/field.js';
import { Modal } from '../look/modal.js';
import type { ActionDialogProps } from './action-dialog-props.js';
import { moveLead, undoMove } from './commands.js';
import { DialogFooter } from './dialog-footer.js';
import styles from './dialog-form.module.css';
import { NoteField } from './note-field.js';
import { faultOf, ProblemNote } from './problem-note.js';
import { useCommand } from './use-command.js';
import { useDraft } from './use-draft.js';

type Deal = 'opportunity' | 'customer';

const words: Record<Deal, { title: string; about: string; submit: string; now: string }> = {
  opportunity: {
    title: 'Open a deal with',
    about: 'An opportunity has an amount and a date by which it should close.',
    submit: 'Open deal',
    now: 'an opportunity',
  },
  customer: { title: 'Won:', about: 'The deal is signed.', submit: 'Mark as won', now: 'a customer' },
};

const nothing = { amount: '', closeDate: '', note: '' };

/** Moves a lead on to a deal, or the deal to its good end. */
export function DealDialog({ target, to, onClose, onDone }: ActionDialogProps & { to: Deal }) {
  const [draft, change, forget] = useDraft(`${to}:${target.id}`, nothing);
  const { busy, error, run } = useCommand();
  const { title, about, submit, now } = words[to];
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!(await run(() => moveLead(target.id, moveOf(to, draft))))) return;
    forget();
    onDone({ words: `${target.name} is ${now} now`, leaves: true, undo: () => undoMove(target.id) });
  };
  return (
    <Modal title={`${title} ${target.name}`} about={about} onClose={onClose}>
      <form className={styles['form']} onSubmit={(event) => void send(event)}>
        <div className={styles['body']}>
          <Field label="Amount" error={faultOf(error, 'amount')}>
            {(ids) => (
              <input
                {...ids}
                type="number"
                min={0}
                step="any"
                inputMode="decimal"
                autoFocus
                required={to === 'opportunity'}
                value={draft.amount}
                onChange={(event) => change({ amount: event.target.value })}
              />
            )}
          </Field>
          {to === 'opportunity' && (
            <CloseDate value={draft.closeDate} error={error} onChange={(closeDate) => change({ closeDate })} />
          )}
          <NoteField hint="Optional." value={draft.note} onChange={(note) => change({ note })} />
          <ProblemNote error={error} />
        </div>
        <DialogFooter submit={submit} busy={busy}>
          <Button onClick={onClose}>Cancel</Button>
        </DialogFooter>
      </form>
    </Modal>
  );
}

interface CloseDateProps {
  value: string;
  error: unknown;
  onChange: (day: string) => void;
}

function CloseDate({ value, error, onChange }: CloseDateProps) {
  return (
    <Field label="Should close by" error={faultOf(error, 'closeDate')}>
      {(ids) => <input {...ids} type="date" required value={value} onChange={({ target }) => onChange(target.value)} />}
    </Field>
  );
}

function moveOf(to: Deal, { amount, closeDate, note }: typeof nothing): Move {
  return { to, ...(amount && { amount: Number(amount) }), ...(closeDate && { closeDate }), ...(note && { note }) };
}
