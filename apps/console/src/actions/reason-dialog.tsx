import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { playbookQuery } from '../api/queries.js';
import type { Reason } from '../api/types.js';
import { stageName } from '../facts/stage-words.js';
import { Button } from '../look/button.js';
import { type Choice, ChoiceList, chooseByDigit } from '../look/choice-list.js';
import { Field } from '../look/field.js';
import { Modal } from '../look/modal.js';
import { Failure, Skeleton } from '../look/notice.js';
import { duration } from '../time/words.js';
import type { ActionDialogProps } from './action-dialog-props.js';
import { moveLead, undoMove } from './commands.js';
import styles from './dialog-form.module.css';
import { faultOf, ProblemNote } from './problem-note.js';
import { useCommand } from './use-command.js';
import { useDraft } from './use-draft.js';

type Aside = 'nurture' | 'disqualified';

/** Puts a lead aside; never without one of the reasons that the playbook lists for that stage. */
export function ReasonDialog({ target, to, onClose, onDone }: ActionDialogProps & { to: Aside }) {
  const playbook = useQuery(playbookQuery);
  const recycling = to === 'nurture';
  const title = recycling ? `Recycle ${target.name}` : `Disqualify ${target.name}`;
  const about = recycling ? 'It rests in nurture and comes back as a new cycle.' : 'It leaves the queue for good, unless a person brings it back.';
  return (
    <Modal title={title} about={about} onClose={onClose}>
      {playbook.isPending && <Skeleton what="reasons" lines={4} />}
      {playbook.isError && <Failure what="The reasons did not load" error={playbook.error} retry={() => void playbook.refetch()} />}
      {playbook.data && (
        <ReasonForm {...{ target, to, onClose, onDone }} reasons={playbook.data.reasons.filter((reason) => reason.to.includes(to))} />
      )}
    </Modal>
  );
}

function ReasonForm({ target, to, reasons, onClose, onDone }: ActionDialogProps & { to: Aside; reasons: Reason[] }) {
  const [draft, change, forget] = useDraft<{ reason: string | null; note: string }>(`${to}:${target.id}`, { reason: null, note: '' });
  const [asked, setAsked] = useState(false);
  const { busy, error, run } = useCommand();
  const choices = reasons.map(choiceOf);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAsked(true);
    const { reason, note } = draft;
    if (!reason || !(await run(() => moveLead(target.id, { to, reason, ...(note && { note }) })))) return;
    forget();
    onDone({ words: `${target.name} is now ${to === 'nurture' ? 'in nurture' : 'disqualified'}`, leaves: true, undo: () => undoMove(target.id) });
  };
  const missing = asked && !draft.reason ? 'Choose a reason: without one, nobody can learn from this.' : faultOf(error, 'reason');
  return (
    <form className={styles['form']} onSubmit={(event) => void submit(event)} onKeyDown={chooseByDigit(choices, (reason) => change({ reason }))}>
      <div className={styles['body']}>
        <ChoiceList legend="Reason" choices={choices} value={draft.reason} onChange={(reason) => change({ reason })} error={missing} />
        <Field label="Note" hint="Optional. Stays with the lead and its next owner.">
          {(ids) => <textarea {...ids} rows={2} value={draft.note} onChange={({ target: { value } }) => change({ note: value })} />}
        </Field>
        <ProblemNote error={error} />
      </div>
      <footer className={styles['footer']}>
        <span className={styles['said']}>Can be undone for 10 seconds</span>
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" tone="primary" disabled={busy}>
          {to === 'nurture' ? 'Recycle' : 'Disqualify'}
        </Button>
      </footer>
    </form>
  );
}

function choiceOf({ id, label, wakeAfterSeconds, to }: Reason): Choice {
  const wakes = wakeAfterSeconds && to.includes('nurture') ? `Wakes up in ${duration(wakeAfterSeconds)}, or with the next strong signal` : undefined;
  return { value: id, label: label || stageName(to[0] ?? 'nurture'), detail: wakes };
}
