import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { SearchX } from 'lucide-react';
import { Problem } from '../api/client.js';
import { leadQuery } from '../api/queries.js';
import type { Lead } from '../api/types.js';
import { HandoffFacts } from '../facts/handoff-facts.js';
import { useKeys } from '../keys/use-keys.js';
import { Empty, Failure, Skeleton } from '../look/notice.js';
import { AccountPeople } from './account-people.js';
import { LeadHeader } from './lead-header.js';
import styles from './lead-page.module.css';
import { ScorePanel } from './score-panel.js';
import { Timeline } from './timeline.js';
import { WhatIsMissing } from './what-is-missing.js';

const route = getRouteApi('/leads/$id');

/** One lead: where it stands, why, what happened, and what is missing for the next stage. */
export function LeadPage() {
  const { id } = route.useParams();
  const lead = useQuery(leadQuery(id));
  const navigate = useNavigate();
  useKeys({ Escape: () => void navigate({ to: '/', search: { lead: id } }) });
  if (lead.data) return <Loaded lead={lead.data} />;
  return (
    <>
      <h1 className="visually-hidden">Lead</h1>
      {lead.isPending ? (
        <Skeleton what="the lead" lines={10} />
      ) : (
        <NoLead error={lead.error} retry={() => void lead.refetch()} />
      )}
    </>
  );
}

function Loaded({ lead }: { lead: Lead }) {
  return (
    <div className={styles['page']}>
      <LeadHeader lead={lead} />
      <div className={styles['columns']}>
        <div className={styles['main']}>
          <ScorePanel lead={lead} />
          <Timeline id={lead.id} />
        </div>
        <div className={styles['side']}>
          <WhatIsMissing id={lead.id} stage={lead.stage} />
          {lead.handoff && (
            <section className={styles['panel']}>
              <h2 className={styles['panelTitle']}>Handoff</h2>
              <HandoffFacts handoff={lead.handoff} />
            </section>
          )}
          <AccountPeople lead={lead} />
        </div>
      </div>
    </div>
  );
}

function NoLead({ error, retry }: { error: unknown; retry: () => void }) {
  if (!(error instanceof Problem) || error.status !== 404)
    return <Failure what="This lead did not load" error={error} retry={retry} />;
  return (
    <Empty icon={<SearchX />} title="There is no lead at this address">
      <p>It may have been erased, or the address is incomplete.</p>
      <Link to="/">Open the queue</Link>
    </Empty>
  );
}
