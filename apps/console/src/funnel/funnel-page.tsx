import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Filter } from 'lucide-react';
import { ToggleGroup } from 'radix-ui';
import { useMemo } from 'react';
import { funnelQuery } from '../api/queries.js';
import type { Funnel } from '../api/types.js';
import { classes } from '../look/class-names.js';
import { Empty, Failure, Skeleton } from '../look/notice.js';
import { serverNow } from '../time/server-time.js';
import { day } from '../time/words.js';
import styles from './funnel-page.module.css';
import { GroupTable } from './group-table.js';
import { groupings, periods, periodStart } from './period.js';
import { SpeedToLeadPanel } from './speed-to-lead-panel.js';
import { StageFlow } from './stage-flow.js';

const route = getRouteApi('/funnel');

/** Where leads get through and where they leak, with every rate's numerator, denominator and interval. */
export function FunnelPage() {
  const { period, by } = route.useSearch();
  const from = useMemo(() => periodStart(period, serverNow()), [period]);
  const funnel = useQuery(funnelQuery({ from, by }));
  return (
    <div className={styles['page']}>
      <header className={styles['head']}>
        <div>
          <h1>Funnel</h1>
          <p>{funnel.data ? about(funnel.data, from) : 'How leads get from stage to stage'}</p>
        </div>
        <Choices period={period ?? '90d'} by={by ?? ''} />
      </header>
      {funnel.isPending && <Skeleton what="the funnel" lines={10} />}
      {funnel.isError && !funnel.data && (
        <Failure what="The funnel did not load" error={funnel.error} retry={() => void funnel.refetch()} />
      )}
      {funnel.data &&
        (isEmpty(funnel.data) ? (
          <NothingYet />
        ) : (
          <Report funnel={funnel.data} from={from} by={by} stale={funnel.isPlaceholderData} />
        ))}
    </div>
  );
}

function Report({
  funnel,
  from,
  by,
  stale,
}: {
  funnel: Funnel;
  from: string | undefined;
  by: string | undefined;
  stale: boolean;
}) {
  const [only] = funnel.groups;
  return (
    <div className={classes(styles['report'], stale && styles['stale'])} aria-busy={stale}>
      {!by && only ? <StageFlow group={only} /> : <GroupTable groups={funnel.groups} by={by ?? ''} />}
      <SpeedToLeadPanel from={from} />
    </div>
  );
}

function Choices({ period, by }: { period: string; by: string }) {
  const navigate = route.useNavigate();
  return (
    <div className={styles['choices']}>
      <label className={styles['by']}>
        <span className="visually-hidden">Leads that came in</span>
        <select
          value={period}
          onChange={({ target }) => void navigate({ search: (before) => ({ ...before, period: target.value }) })}
        >
          {periods.map(({ id, label }) => (
            <option key={id} value={id}>
              {label}
            </option>
          ))}
        </select>
      </label>
      <ToggleGroup.Root
        type="single"
        className={styles['toggle']}
        value={by || 'everything'}
        aria-label="Compare by"
        onValueChange={(id) =>
          id && void navigate({ search: (before) => ({ ...before, by: id === 'everything' ? undefined : id }) })
        }
      >
        {groupings.map(({ id, label }) => (
          <ToggleGroup.Item key={id} value={id || 'everything'}>
            {label}
          </ToggleGroup.Item>
        ))}
      </ToggleGroup.Root>
    </div>
  );
}

function NothingYet() {
  return (
    <Empty icon={<Filter />} title="No lead came in during this time">
      <p>
        The funnel counts leads by when they came in, and follows each to wherever it got. Choose a longer time, or
        connect a source.
      </p>
      <Link to="/start">Connect a source</Link>
    </Empty>
  );
}

function isEmpty({ groups }: Funnel): boolean {
  return groups.every(({ stages }) => stages.every(({ reached }) => reached === 0));
}

function about({ playbooks }: Funnel, from: string | undefined): string {
  const since = from ? `Leads since ${day(Date.parse(from))}` : 'All leads';
  const versions = playbooks.map((playbook) => playbook.replace('@', ' version ')).join(', ');
  return `${since}, followed to wherever they got${versions ? `. Decided by ${versions}` : ''}.`;
}
