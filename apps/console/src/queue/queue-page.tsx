import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { useDeferredValue, useMemo, useRef, useState } from 'react';
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
  const navigate = useNavigate();
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

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    Enter: () => selection.id && void navigate({ to: '/leads/$id', params: { id: selection.id } }),
    '/': () => search.current?.focus(),
    Escape: () => !wide && selection.select(null),
  });

  const open = !wide && selection.id !== null;
  return (
    <div className={classes(styles['queue'], open && styles['open'], rows.length === 0 && styles['alone'])}>
      <section className={styles['master']} aria-label="Open work">
        <QueueHead {...{ text, setText, owner }} count={queue.data ? items.length : null} more={queue.hasNextPage} searchRef={search} />
        {queue.isPending && <Skeleton what="the queue" lines={9} />}
        {queue.isError && items.length === 0 && <Failure what="The queue did not load" error={queue.error} retry={() => void queue.refetch()} />}
        {queue.isSuccess && items.length === 0 && <EmptyQueue owner={owner} />}
        {items.length > 0 && found.length === 0 && <NothingFound text={text} onClear={() => setText('')} />}
        {rows.length > 0 && (
          <QueueList rows={rows} selected={selection.id} onSelect={selection.select} onStep={step} onHover={setHovered} onEnd={() => queue.hasNextPage && !queue.isFetching && void queue.fetchNextPage()} />
        )}
      </section>
      {(selected || open) && <HandoffPanel row={selected} onBack={wide ? undefined : () => selection.select(null)} />}
    </div>
  );
}

function useFound(items: QueueItem[], text: string): QueueItem[] {
  return useMemo(() => {
    const words = text.trim().toLowerCase();
    if (!words) return items;
    return items.filter(({ lead, reason }) => [lead.name, lead.company, lead.email, lead.persona, reason].some((part) => part?.toLowerCase().includes(words)));
  }, [items, text]);
}
