import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { playbookQuery } from '../api/queries.js';
import type { ChecklistItem } from '../api/types.js';
import { HandoffFacts } from '../facts/handoff-facts.js';
import { Button } from '../look/button.js';
import { Modal } from '../look/modal.js';
import { Failure, Skeleton } from '../look/notice.js';
import type { ActionDialogProps } from './action-dialog-props.js';
import { ChecklistField } from './checklist-field.js';
import { moveLead, saveAnswers, undoMove } from './commands.js';
import styles from './dialog-form.module.css';
import { ProblemNote, faultOf } from './problem-note.js';
import { useCommand } from './use-command.js';
import { useDraft } from './use-draft.js';

/** The sales checklist beside the facts: what the lead already answered is filled in, the rest is asked once. */
export function QualifyDialog(props: ActionDialogProps) {
  const playbook = useQuery(playbookQuery);
  const version = playbook.data ? `Checklist of ${playbook.data.name} version ${playbook.data.version}` : 'Checklist';
  return (
    <Modal title={`Qualify ${props.target.name} as SQL`} about={version} wide onClose={props.onClose}>
      {playbook.isPending && <Skeleton what="the checklist" />}
      {playbook.isError && <Failure what="The checklist did not load" error={playbook.error} retry={() => void playbook.refetch()} />}
      {playbook.data && <QualifyForm {...props} checklist={playbook.data.checklist} />}
    </Modal>
  );
}

function QualifyForm({ target, checklist, onClose, onDone }: ActionDialogProps & { checklist: ChecklistItem[] }) {
  const [draft, change, forget] = useDraft<Record<string, unknown>>(`answers:${target.id}`, known(target.answers));
  const [asked, setAsked] = useState(false);
  const { busy, error, run } = useCommand();
  const answers = given(draft);
  const open = checklist.filter(({ id, required }) => required && !(id in answers));
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAsked(true);
    if (open.length > 0) return focusField(open[0]?.id);
    if (!(await run(() => moveLead(target.id, { to: 'sql', answers })))) return;
    forget();
    onDone({ words: `${target.name} is an SQL now`, undo: () => undoMove(target.id) });
  };
  const save = async (): Promise<void> => {
    if (!(await run(() => saveAnswers(target.id, answers)))) return;
    forget();
    onDone({ words: `Answers of ${target.name} saved` });
  };
  return (
    <form className={styles['form']} noValidate onSubmit={(event) => void submit(event)}>
      <div className={styles['columns']}>
        <div className={styles['body']}>
          {checklist.map((item) => (
            <ChecklistField
              key={item.id}
              item={item}
              value={draft[item.id]}
              told={target.answers[item.id]?.by === 'lead' && draft[item.id] === target.answers[item.id]?.value}
              first={item === (open[0] ?? checklist[0])}
              error={asked && open.includes(item) ? 'Needed before this lead can be an SQL.' : faultOf(error, item.id)}
              onChange={(value) => change({ [item.id]: value })}
            />
          ))}
          <ProblemNote error={error} />
        </div>
        <aside className={styles['facts']} aria-label="What we know" tabIndex={0}>
          {target.handoff ? <HandoffFacts handoff={target.handoff} /> : <p>Nothing is known about this lead yet.</p>}
        </aside>
      </div>
      <footer className={styles['footer']}>
        <span className={styles['said']} role="status">
          {open.length === 0 ? 'All required answers are here' : `${open.length} required ${open.length === 1 ? 'answer is' : 'answers are'} missing`}
        </span>
        <Button onClick={() => void save()} disabled={busy}>
          Save answers
        </Button>
        <Button type="submit" tone="primary" disabled={busy}>
          Qualify
        </Button>
      </footer>
    </form>
  );
}

function known(answers: ActionDialogProps['target']['answers']): Record<string, unknown> {
  return Object.fromEntries(Object.entries(answers).map(([id, { value }]) => [id, value]));
}

function given(draft: Record<string, unknown>): Record<string, unknown> {
  const told = (value: unknown): boolean => value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => told(value)));
}

function focusField(id: string | undefined): void {
  document.querySelector<HTMLElement>(`[data-answer="${id}"]`)?.focus();
}
