import { type FormEvent } from 'react';
import { Button } from '../look/button.js';
import { type Choice, ChoiceList, chooseByDigit } from '../look/choice-list.js';
import { Field } from '../look/field.js';
import { Modal } from '../look/modal.js';
import type { ActionDialogProps } from './action-dialog-props.js';
import { logActivity } from './commands.js';
import styles from './dialog-form.module.css';
import { ProblemNote } from './problem-note.js';
import { useCommand } from './use-command.js';
import { useDraft } from './use-draft.js';

const outcomes: readonly Choice[] = [
  { value: 'connected', label: 'Connected', detail: 'A touch: stops the clock' },
  { value: 'voicemail', label: 'Voicemail', detail: 'An attempt: the clock runs on' },
  { value: 'no-answer', label: 'No answer', detail: 'An attempt' },
  { value: 'busy', label: 'Busy', detail: 'An attempt' },
  { value: 'wrong-number', label: 'Wrong number', detail: 'An attempt' },
];

/** Records a call. Says beforehand whether it will stop the clock, because only a touch does. */
export function LogCallDialog({ target, onClose, onDone }: ActionDialogProps) {
  const [draft, change, forget] = useDraft<{ outcome: string; direction: 'outbound' | 'inbound'; note: string }>(`call:${target.id}`, {
    outcome: 'connected',
    direction: 'outbound',
    note: '',
  });
  const { busy, error, run } = useCommand();
  const choose = (outcome: string): void => change({ outcome });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { outcome, direction, note } = draft;
    if (!(await run(() => logActivity(target.id, { kind: 'call', direction, outcome, ...(note && { note }) })))) return;
    forget();
    onDone({ words: outcome === 'connected' ? `Call with ${target.name} recorded` : `Attempt to reach ${target.name} recorded` });
  };
  return (
    <Modal title={`Log a call with ${target.name}`} onClose={onClose}>
      <form className={styles['form']} onSubmit={(event) => void submit(event)} onKeyDown={chooseByDigit(outcomes, choose)}>
        <div className={styles['body']}>
          <ChoiceList legend="How did it go?" choices={outcomes} value={draft.outcome} onChange={choose} />
          <Field label="Who called?">
            {(ids) => (
              <select {...ids} value={draft.direction} onChange={({ target: { value } }) => change({ direction: value as 'outbound' | 'inbound' })}>
                <option value="outbound">We called them</option>
                <option value="inbound">They called us</option>
              </select>
            )}
          </Field>
          <Field label="Note" hint="Optional.">
            {(ids) => <textarea {...ids} rows={2} value={draft.note} onChange={({ target: { value } }) => change({ note: value })} />}
          </Field>
          <ProblemNote error={error} />
        </div>
        <footer className={styles['footer']}>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" tone="primary" disabled={busy}>
            Log call
          </Button>
        </footer>
      </form>
    </Modal>
  );
}
