import { type InfiniteData, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { createContext, lazy, type ReactNode, Suspense, use, useEffect, useMemo, useState } from 'react';
import { Problem } from '../api/client.js';
import type { List, QueueItem } from '../api/types.js';
import { markChanged } from '../live/changed-leads.js';
import { type Keys, useKeys } from '../keys/use-keys.js';
import type { Done } from './action-dialog-props.js';
import { moveLead, undoMove } from './commands.js';
import { markHandled, unmarkHandled } from './handled-leads.js';
import { type ActionKind, canDo, type LeadTarget } from './lead-target.js';
import { type Toast, ToastLine } from './toast-line.js';

const loadDialogs = () => import('./action-dialog.js');
const ActionDialog = lazy(async () => ({ default: (await loadDialogs()).ActionDialog }));

type StartAction = (kind: ActionKind, target: LeadTarget) => void;

const StartActionContext = createContext<StartAction>(() => undefined);

/** Starts an action on a lead: asks what it needs to ask, does it, says so, and offers to undo it for ten seconds. */
export function useStartAction(): StartAction {
  return use(StartActionContext);
}

/** The keys of the actions that are possible for the lead at hand. */
export function useActionKeys(target: LeadTarget | null): void {
  const start = useStartAction();
  const keys: Keys = {};
  for (const [key, kind] of Object.entries(actionKeys)) {
    if (target && canDo(kind, target.stage)) keys[key] = () => start(kind, target);
  }
  useKeys(keys);
}

const actionKeys: Record<string, ActionKind> = {
  a: 'accept',
  c: 'log-call',
  q: 'qualify',
  r: 'recycle',
  d: 'disqualify',
  o: 'reassign',
};

/** Holds the one open dialog and the one message of the page. */
export function LeadActionsProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [asking, setAsking] = useState<{ kind: ActionKind; target: LeadTarget } | null>(null);
  const [toast, setToast] = useState<Toast | null>(null);
  useDialogsAtHand();

  const start = useMemo<StartAction>(() => {
    return (kind, target) => {
      if (kind !== 'accept') return setAsking({ kind, target });
      showAccepted(client, target.id);
      moveLead(target.id, { to: 'accepted' })
        .then(() =>
          setToast(toastOf(target, { words: `You accepted ${target.name}`, undo: () => undoMove(target.id) })),
        )
        .catch((error: unknown) => setToast({ key: Date.now(), lead: target.id, words: wordsOf(error), failed: true }))
        .finally(() => void refresh(client, target.id));
    };
  }, [client]);

  const finish = (target: LeadTarget, done: Done): void => {
    setAsking(null);
    if (done.leaves) markHandled(target.id);
    setToast(toastOf(target, done));
    void refresh(client, target.id);
  };

  return (
    <StartActionContext value={start}>
      {children}
      <Suspense fallback={null}>
        {asking && (
          <ActionDialog {...asking} onClose={() => setAsking(null)} onDone={(done) => finish(asking.target, done)} />
        )}
      </Suspense>
      {toast && (
        <ToastLine
          key={toast.key}
          toast={toast}
          onClose={() => setToast(null)}
          onUndone={(next) => settleUndo(client, next, setToast)}
        />
      )}
    </StartActionContext>
  );
}

/** The dialogs are not part of the first load, but they are here before anybody can ask for one. */
function useDialogsAtHand(): void {
  useEffect(() => {
    const load = (): void => void loadDialogs();
    const signs = ['pointermove', 'pointerdown', 'keydown'] as const;
    for (const sign of signs) window.addEventListener(sign, load, { once: true });
    return () => signs.forEach((sign) => window.removeEventListener(sign, load));
  }, []);
}

function toastOf(target: LeadTarget, { words, undo }: Done): Toast {
  return { key: Date.now(), lead: target.id, words, ...(undo && { undo }) };
}

function settleUndo(client: QueryClient, next: Toast, show: (toast: Toast) => void): void {
  if (!next.failed) unmarkHandled(next.lead);
  show(next);
  void refresh(client, next.lead);
}

async function refresh(client: QueryClient, lead: string): Promise<void> {
  await Promise.all([
    client.invalidateQueries({ queryKey: ['queue'] }),
    client.invalidateQueries({ queryKey: ['lead', lead] }),
  ]);
  markChanged(lead);
}

/** The row shows the acceptance at once; the refresh that follows puts right what the server refused. */
function showAccepted(client: QueryClient, lead: string): void {
  client.setQueriesData<InfiniteData<List<QueueItem>>>(
    { queryKey: ['queue'] },
    (queue) =>
      queue && {
        ...queue,
        pages: queue.pages.map((page) => ({
          ...page,
          items: page.items.map((item) => (item.lead.id === lead ? { ...item, stage: 'accepted' as const } : item)),
        })),
      },
  );
}

function wordsOf(error: unknown): string {
  return error instanceof Problem
    ? `${error.title}${error.detail ? `: ${error.detail}` : ''}`
    : 'That did not work. Try again.';
}
