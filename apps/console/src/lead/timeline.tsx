import { useInfiniteQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import { useState } from 'react';
import { timelineQuery } from '../api/queries.js';
import type { TimelineItem, TimelineKind } from '../api/types.js';
import { Button } from '../look/button.js';
import { Empty, Failure, Skeleton } from '../look/notice.js';
import { day } from '../time/words.js';
import page from './lead-page.module.css';
import { TimelineRow } from './timeline-row.js';
import styles from './timeline.module.css';

const filters: readonly { id: string; label: string; kinds: readonly TimelineKind[] }[] = [
  { id: 'all', label: 'All', kinds: [] },
  { id: 'stages', label: 'Stages', kinds: ['stage'] },
  { id: 'signals', label: 'Signals', kinds: ['signal', 'event'] },
  { id: 'scores', label: 'Scores', kinds: ['score'] },
  { id: 'contact', label: 'Contact', kinds: ['touch', 'attempt', 'answer'] },
  { id: 'promises', label: 'Owner and clock', kinds: ['assignment', 'clock'] },
];

/** Everything that happened, newest first, by day. */
export function Timeline({ id }: { id: string }) {
  const [chosen, setChosen] = useState('all');
  const kinds = filters.find((filter) => filter.id === chosen)?.kinds ?? [];
  const timeline = useInfiniteQuery(timelineQuery(id, kinds));
  const items = timeline.data?.pages.flatMap((part) => part.items) ?? [];
  return (
    <section className={page['panel']} aria-labelledby="timeline-title">
      <div className={styles['head']}>
        <h2 id="timeline-title">Timeline</h2>
        <Filters chosen={chosen} onChoose={setChosen} />
      </div>
      {timeline.isPending && <Skeleton what="the timeline" lines={7} />}
      {timeline.isError && items.length === 0 && (
        <Failure what="The timeline did not load" error={timeline.error} retry={() => void timeline.refetch()} />
      )}
      {timeline.isSuccess && items.length === 0 && (
        <Empty icon={<History />} title={chosen === 'all' ? 'Nothing has happened yet' : 'Nothing of this kind yet'}>
          <p>What the lead does, and what is done for it, appears here as it happens.</p>
        </Empty>
      )}
      <Days items={items} />
      {timeline.hasNextPage && (
        <Button onClick={() => void timeline.fetchNextPage()} disabled={timeline.isFetchingNextPage}>
          {timeline.isFetchingNextPage ? 'Loading…' : 'Show earlier'}
        </Button>
      )}
    </section>
  );
}

function Filters({ chosen, onChoose }: { chosen: string; onChoose: (id: string) => void }) {
  return (
    <ToggleGroup.Root
      type="single"
      value={chosen}
      onValueChange={(id) => onChoose(id || 'all')}
      className={styles['filters']}
      aria-label="Show on the timeline"
    >
      {filters.map(({ id, label }) => (
        <ToggleGroup.Item key={id} value={id} className={styles['filter']}>
          {label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}

function Days({ items }: { items: TimelineItem[] }) {
  const days = Map.groupBy(items, ({ at }) => day(Date.parse(at)));
  return (
    <div className={styles['days']}>
      {[...days].map(([date, happened]) => (
        <section key={date}>
          <h3 className={styles['day']}>{date}</h3>
          <ol className={styles['rows']}>
            {happened.map((item) => (
              <TimelineRow key={item.id} item={item} />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}
