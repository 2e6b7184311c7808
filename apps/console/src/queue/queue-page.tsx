import { useInfiniteQuery, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { type RefObject, useDeferredValue, useMemo, useRef, useState } from 'react';
import { queueQuery } from '../api/queries.js';
import type { QueueItem } from '../api/types.js';
import { useKeys } from '../keys/use-keys.js';
import { classes } from '../look/class-names.js';
import { Failure, Skeleton } from '../look/notice.js';
import { EmptyQueue, NothingFound } from './empty-queue.js';
import { HandoffPanel } from './handoff-panel.js';
import { QueueHead } from './queue-head.js';
import { QueueList } from './queue-list.js';
import styles from './queue-page.module.css';
import { useSelection, useSteps } from './use-selection.js';
import { useSteadyRows } from './use-steady-rows.js';
import { useWideScreen } from './use-wide-screen.js';

const route = getRouteApi('/');

/** The home of reps: the open work, hottest first, and the handoff of the lead at hand. */
export function QueuePage() {
  const { owner } = route.useSearch();
  const queue = useInfiniteQuery(queueQuery(owner));
  const wide = useWideScreen();
  const search = useRef<HTMLInputElement>(null);
  const [text, setText] = useState('');
  const [hovered, setHovered] = useState<string | null>(null);

  const items = useMemo(() => queue.data?.pages.flatMap((page) => page.items) ?? [], [queue.data]);
  const words = useDeferredValue(text);
  const found = useFound(items, words);
  const selection = useSelection(wide, found[0]?.lead.id);
  const rows = useSteadyRows(found, { hovered, selected: selection.id, question: `${owner} ${words}` });
  const ids = useMemo(() => rows.map(({ item }) => item.lead.id), [rows]);
  const step = useSteps(ids, selection, wide);
  const selected = rows.find(({ item }) => item.lead.id === selection.id);
  const open = !wide && selection.id !== null;
  useQueueKeys({ step, selection, wide, search });

  const head = { text, setText, owner, count: queue.data ? items.length : null, more: queue.hasNextPage };
  return (
    <div className={classes(styles['queue'], open && styles['open'], rows.length === 0 && styles['alone'])}>
      <section className={styles['master']} aria-label="Open work">
        <QueueHead {...head} searchRef={search} />
        {items.length === 0 && <NoRows queue={queue} owner={owner} />}
        {items.length > 0 && found.length === 0 && <NothingFound text={text} onClear={() => setText('')} />}
        {rows.length > 0 && (
          <QueueList
            rows={rows}
            selected={selection.id}
            onSelect={selection.select}
            onStep={step}
            onHover={setHovered}
            onEnd={() => queue.hasNextPage && !queue.isFetching && void queue.fetchNextPage()}
          />
        )}
      </section>
      {(selected || open) && <HandoffPanel row={selected} onBack={wide ? undefined : () => selection.select(null)} />}
    </div>
  );
}

interface QueueHands {
  step: (by: 1 | -1) => void;
  selection: { id: string | null; select: (id: string | null) => void };
  wide: boolean;
  search: RefObject<HTMLInputElement | null>;
}

function useQueueKeys({ step, selection, wide, search }: QueueHands): void {
  const navigate = useNavigate();
  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: () => selection.id && void navigate({ to: '/leads/$id', params: { id: selection.id } }),
    '/': () => search.current?.focus(),
    Escape: () => !wide && selection.select(null),
  });
}

type QueueAnswer = Pick<UseInfiniteQueryResult, 'isPending' | 'error' | 'refetch'>;

function NoRows({ queue, owner }: { queue: QueueAnswer; owner: string | undefined }) {
  if (queue.isPending) return <Skeleton what="the queue" lines={9} />;
  if (!queue.error) return <EmptyQueue owner={owner} />;
  return <Failure what="The queue did not load" error={queue.error} retry={() => void queue.refetch()} />;
}

function useFound(items: QueueItem[], text: string): QueueItem[] {
  return useMemo(() => {
    const words = text.trim().toLowerCase();
    if (!words) return items;
    return items.filter(({ lead, reason }) =>
      [lead.name, lead.company, lead.email, lead.persona, reason].some((part) => part?.toLowerCase().includes(words)),
    );
  }, [items, text]);
}
