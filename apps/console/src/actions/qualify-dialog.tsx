import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { leadQuery, playbookQuery } from '../api/queries.js';
import type { Answer, ChecklistItem } from '../api/types.js';
import { HandoffFacts } from '../facts/handoff-facts.js';
import { Button } from '../look/button.js';
import { Modal } from '../look/modal.js';
import { Failure, Skeleton } from '../look/notice.js';
import type { ActionDialogProps } from './action-dialog-props.js';
import { ChecklistField } from './checklist-field.js';
import { moveLead, saveAnswers, undoMove } from './commands.js';
import { DialogFooter } from './dialog-footer.js';
import styles from './dialog-form.module.css';
import { faultOf, ProblemNote } from './problem-note.js';
import { useCommand } from './use-command.js';
import { useDraft } from './use-draft.js';

/** The sales checklist beside the facts: what the lead already answered is filled in, the rest is asked once. */
export function QualifyDialog(props: ActionDialogProps) {
  const playbook = useQuery(playbookQuery);
  const lead = useQuery(leadQuery(props.target.id));
  const target = { ...props.target, answers: lead.data?.answers ?? props.target.answers };
  const version = playbook.data && `Checklist of ${playbook.data.name} version ${playbook.data.version}`;
  return (
    <Modal title={`Qualify ${target.name} as SQL`} about={version ?? 'Checklist'} wide onClose={props.onClose}>
      {(playbook.isPending || lead.isPending) && <Skeleton what="the checklist" />}
      {playbook.isError && (
        <Failure what="The checklist did not load" error={playbook.error} retry={() => void playbook.refetch()} />
      )}
      {playbook.data && !lead.isPending && (
        <QualifyForm target={target} onDone={props.onDone} checklist={playbook.data.checklist} />
      )}
    </Modal>
  );
}

type QualifyFormProps = Omit<ActionDialogProps, 'onClose'> & { checklist: ChecklistItem[] };

function QualifyForm({ target, checklist, onDone }: QualifyFormProps) {
  const [draft, change, forget] = useDraft<Record<string, unknown>>(`answers:${target.id}`, known(target.answers));
  const [asked, setAsked] = useState(false);
  const { busy, error, run } = useCommand();
  const answers = given(draft);
  const added = newAnswers(answers, target.answers);
  const open = checklist.filter(({ id, required }) => required && !(id in answers));
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setAsked(true);
    if (open.length > 0) return focusField(open[0]?.id);
    if (!(await run(() => moveLead(target.id, { to: 'sql', answers: added })))) return;
    forget();
    onDone({ words: `${target.name} is an SQL now`, undo: () => undoMove(target.id) });
  };
  const save = async (): Promise<void> => {
    if (!(await run(() => saveAnswers(target.id, added)))) return;
    forget();
    onDone({ words: `Answers of ${target.name} saved` });
  };
  return (
    <form className={styles['form']} noValidate onSubmit={(event) => void submit(event)}>
      <div className={styles['columns']}>
        <div className={styles['body']}>
          <Checklist {...{ checklist, draft, change, error }} told={target.answers} open={asked ? open : []} />
          <ProblemNote error={error} />
        </div>
        <aside className={styles['facts']} aria-label="What we know" tabIndex={0}>
          {target.handoff ? <HandoffFacts handoff={target.handoff} /> : <p>Nothing is known about this lead yet.</p>}
        </aside>
      </div>
      <DialogFooter submit="Qualify" busy={busy} said={missing(open.length)}>
        <Button onClick={() => void save()} disabled={busy}>
          Save answers
        </Button>
      </DialogFooter>
    </form>
  );
}

interface ChecklistProps {
  checklist: ChecklistItem[];
  draft: Record<string, unknown>;
  change: (part: Record<string, unknown>) => void;
  told: Record<string, Answer>;
  /** Items that were left out although they are required. */
  open: ChecklistItem[];
  error: unknown;
}

function Checklist({ checklist, draft, change, told, open, error }: ChecklistProps) {
  const first = checklist.find(({ id }) => !(id in given(draft))) ?? checklist[0];
  return checklist.map((item) => (
    <ChecklistField
      key={item.id}
      item={item}
      value={draft[item.id]}
      told={told[item.id]?.by === 'lead' && draft[item.id] === told[item.id]?.value}
      first={item === first}
      error={open.includes(item) ? 'Needed before this lead can be an SQL.' : faultOf(error, item.id)}
      onChange={(value) => change({ [item.id]: value })}
    />
  ));
}

function missing(count: number): string {
  if (count === 0) return 'All required answers are here';
  return count === 1 ? '1 required answer is missing' : `${count} required answers are missing`;
}

function known(answers: Record<string, Answer>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(answers).map(([id, { value }]) => [id, value]));
}

function given(draft: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(draft).filter(([, value]) => isGiven(value)));
}

/** What a person added or changed; what the lead itself said stays its own. */
function newAnswers(answers: Record<string, unknown>, told: Record<string, Answer>): Record<string, unknown> {
  const changed = Object.entries(answers).filter(
    ([id, value]) => JSON.stringify(value) !== JSON.stringify(told[id]?.value),
  );
  return Object.fromEntries(changed);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function focusField(id: string | undefined): void {
  document.querySelector<HTMLElement>(`[data-answer="${id}"]`)?.focus();
}
