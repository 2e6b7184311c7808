import type { FormEvent } from 'react';
import { Button } from '../look/button.js';
import { type Choice, ChoiceList, chooseByDigit } from '../look/choice-list.js';
import { Field } from '../look/field.js';
import { Modal } from '../look/modal.js';
import type { ActionDialogProps } from './action-dialog-props.js';
import { logActivity } from './commands.js';
import { DialogFooter } from './dialog-footer.js';
import styles from './dialog-form.module.css';
import { NoteField } from './note-field.js';
import { ProblemNote } from './problem-note.js';
import { useCommand } from './use-command.js';
import { useDraft } from './use-draft.js';

type Direction = 'outbound' | 'inbound';

const outcomes: readonly Choice[] = [
  { value: 'connected', label: 'Connected', detail: 'A touch: stops the clock' },
  { value: 'voicemail', label: 'Voicemail', detail: 'An attempt: the clock runs on' },
  { value: 'no-answer', label: 'No answer', detail: 'An attempt' },
  { value: 'busy', label: 'Busy', detail: 'An attempt' },
  { value: 'wrong-number', label: 'Wrong number', detail: 'An attempt' },
];

const noCall = { outcome: 'connected', direction: 'outbound' as Direction, note: '' };

/** Records a call. Says beforehand whether it will stop the clock, because only a touch does. */
export function LogCallDialog({ target, onClose, onDone }: ActionDialogProps) {
  const [draft, change, forget] = useDraft(`call:${target.id}`, noCall);
  const { busy, error, run } = useCommand();
  const choose = (outcome: string): void => change({ outcome });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const { note, ...call } = draft;
    if (!(await run(() => logActivity(target.id, { kind: 'call', ...call, ...(note && { note }) })))) return;
    forget();
    const what = call.outcome === 'connected' ? 'Call with' : 'Attempt to reach';
    onDone({ words: `${what} ${target.name} recorded` });
  };
  return (
    <Modal title={`Log a call with ${target.name}`} onClose={onClose}>
      <form
        className={styles['form']}
        onSubmit={(event) => void submit(event)}
        onKeyDown={chooseByDigit(outcomes, choose)}
      >
        <div className={styles['body']}>
          <ChoiceList legend="How did it go?" choices={outcomes} value={draft.outcome} onChange={choose} />
          <WhoCalled value={draft.direction} onChange={(direction) => change({ direction })} />
          <NoteField hint="Optional." value={draft.note} onChange={(note) => change({ note })} />
          <ProblemNote error={error} />
        </div>
        <DialogFooter submit="Log call" busy={busy}>
          <Button onClick={onClose}>Cancel</Button>
        </DialogFooter>
      </form>
    </Modal>
  );
}

function WhoCalled({ value, onChange }: { value: Direction; onChange: (direction: Direction) => void }) {
  return (
    <Field label="Who called?">
      {(ids) => (
        <select {...ids} value={value} onChange={({ target }) => onChange(target.value as Direction)}>
          <option value="outbound">We called them</option>
          <option value="inbound">They called us</option>
        </select>
      )}
    </Field>
  );
}
