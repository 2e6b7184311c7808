import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { rosterQuery } from '../api/queries.js';
import type { Roster } from '../api/types.js';
import { Button } from '../look/button.js';
import { type Choice, ChoiceList, chooseByDigit } from '../look/choice-list.js';
import { Modal } from '../look/modal.js';
import { Failure, Skeleton } from '../look/notice.js';
import { serverNow } from '../time/server-time.js';
import type { ActionDialogProps } from './action-dialog-props.js';
import { assignLead } from './commands.js';
import { DialogFooter } from './dialog-footer.js';
import styles from './dialog-form.module.css';
import { ownerId } from './lead-target.js';
import { NoteField } from './note-field.js';
import { ProblemNote } from './problem-note.js';
import { useCommand } from './use-command.js';

/** Gives the lead to another rep or team. The deadline of its clock stays where it is. */
export function ReassignDialog(props: ActionDialogProps) {
  const roster = useQuery(rosterQuery);
  return (
    <Modal
      title={`Reassign ${props.target.name}`}
      about="The deadline of its clock does not move."
      onClose={props.onClose}
    >
      {roster.isPending && <Skeleton what="the roster" lines={4} />}
      {roster.isError && (
        <Failure what="The roster did not load" error={roster.error} retry={() => void roster.refetch()} />
      )}
      {roster.data && <ReassignForm {...props} roster={roster.data} />}
    </Modal>
  );
}

function ReassignForm({ target, onClose, onDone, roster }: ActionDialogProps & { roster: Roster }) {
  const before = ownerId(target.owner);
  const [to, setTo] = useState<string | null>(null);
  const [note, setNote] = useState('');
  const [asked, setAsked] = useState(false);
  const { busy, error, run } = useCommand();
  const choices = newOwners(roster, before);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAsked(true);
    if (!to || !(await run(() => assignLead(target.id, to, note)))) return;
    const name = choices.find(({ value }) => value === to)?.label ?? to;
    onDone({
      words: `${target.name} now belongs to ${name}`,
      ...(before && { undo: () => assignLead(target.id, before, 'Reassignment taken back') }),
    });
  };
  return (
    <form className={styles['form']} onSubmit={(event) => void submit(event)} onKeyDown={chooseByDigit(choices, setTo)}>
      <div className={styles['body']}>
        <ChoiceList
          legend="New owner"
          choices={choices}
          value={to}
          onChange={setTo}
          error={asked && !to ? 'Choose who takes it over.' : undefined}
        />
        <NoteField hint="Optional. The new owner reads it." value={note} onChange={setNote} />
        <ProblemNote error={error} />
      </div>
      <DialogFooter submit="Reassign" busy={busy}>
        <Button onClick={onClose}>Cancel</Button>
      </DialogFooter>
    </form>
  );
}

function newOwners({ reps, teams }: Roster, before: string | null): Choice[] {
  const today = new Date(serverNow()).toISOString().slice(0, 10);
  const away = (leave: { from: string; to: string }[] = []): boolean =>
    leave.some(({ from, to }) => from <= today && today <= to);
  const people = reps.map(({ id, name, leave }) => ({
    value: `rep:${id}`,
    label: name,
    detail: away(leave) ? 'On leave today' : undefined,
  }));
  const queues = teams.map(({ id, name }) => ({ value: `team:${id}`, label: name ?? id, detail: 'Queue of the team' }));
  return [...people, ...queues].filter(({ value }) => value !== before);
}
