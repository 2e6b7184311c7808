import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { playbookQuery } from '../api/queries.js';
import type { Reason } from '../api/types.js';
import { Button } from '../look/button.js';
import { type Choice, ChoiceList, chooseByDigit } from '../look/choice-list.js';
import { Modal } from '../look/modal.js';
import { Failure, Skeleton } from '../look/notice.js';
import type { ActionDialogProps } from './action-dialog-props.js';
import { moveLead, undoMove } from './commands.js';
import { DialogFooter } from './dialog-footer.js';
import styles from './dialog-form.module.css';
import { NoteField } from './note-field.js';
import { faultOf, ProblemNote } from './problem-note.js';
import { useCommand } from './use-command.js';
import { useDraft } from './use-draft.js';

type Aside = 'nurture' | 'disqualified' | 'lost';

const words: Record<Aside, { verb: string; about: string; now: string }> = {
  nurture: {
    verb: 'Recycle',
    about:
      'It rests in nurture and wakes up as a new cycle: after the time that its reason names, or with a strong signal.',
    now: 'in nurture',
  },
  disqualified: {
    verb: 'Disqualify',
    about: 'It leaves the queue for good, unless a person brings it back.',
    now: 'disqualified',
  },
  lost: { verb: 'Lose', about: 'The deal is over. The reason shows where deals are lost.', now: 'lost' },
};

const noReason: { reason: string | null; note: string } = { reason: null, note: '' };
const reasonMissing = 'Choose a reason: without one, nobody can learn from this.';

/** Puts a lead aside; never without one of the reasons that the playbook lists for that stage. */
export function ReasonDialog({ target, to, onClose, onDone }: ActionDialogProps & { to: Aside }) {
  const playbook = useQuery(playbookQuery);
  const { verb, about } = words[to];
  return (
    <Modal title={`${verb} ${target.name}`} about={about} onClose={onClose}>
      {playbook.isPending && <Skeleton what="reasons" lines={4} />}
      {playbook.isError && (
        <Failure what="The reasons did not load" error={playbook.error} retry={() => void playbook.refetch()} />
      )}
      {playbook.data && (
        <ReasonForm
          {...{ target, to, onClose, onDone }}
          reasons={playbook.data.reasons.filter((reason) => reason.to.includes(to))}
        />
      )}
    </Modal>
  );
}

type ReasonFormProps = ActionDialogProps & { to: Aside; reasons: Reason[] };

function ReasonForm({ target, to, reasons, onClose, onDone }: ReasonFormProps) {
  const [draft, change, forget] = useDraft(`${to}:${target.id}`, noReason);
  const [asked, setAsked] = useState(false);
  const { busy, error, run } = useCommand();
  const choices = reasons.map(({ id, label }): Choice => ({ value: id, label }));
  const choose = (reason: string): void => change({ reason });
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAsked(true);
    const { reason, note } = draft;
    if (!reason || !(await run(() => moveLead(target.id, { to, reason, ...(note && { note }) })))) return;
    forget();
    onDone({ words: `${target.name} is now ${words[to].now}`, leaves: true, undo: () => undoMove(target.id) });
  };
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => void submit(event)}
      onKeyDown={chooseByDigit(choices, choose)}
    >
      <div className={styles['body']}>
        <ChoiceList
          legend="Reason"
          choices={choices}
          value={draft.reason}
          onChange={choose}
          error={asked && !draft.reason ? reasonMissing : faultOf(error, 'reason')}
        />
        <NoteField
          hint="Optional. Stays with the lead and its next owner."
          value={draft.note}
          onChange={(note) => change({ note })}
        />
        <ProblemNote error={error} />
      </div>
      <DialogFooter submit={words[to].verb} busy={busy} said="Can be undone for 10 seconds">
        <Button onClick={onClose}>Cancel</Button>
      </DialogFooter>
    </form>
  );
}
