import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import { explanationQuery } from '../api/queries.js';
import type { Explanation, Lead, Scores } from '../api/types.js';
import { points } from '../facts/score-mark.js';
import { Failure, Skeleton } from '../look/notice.js';
import { Moment } from '../time/moment.js';
import page from './lead-page.module.css';
import { EngagementLedger, FitLedger } from './ledger.js';
import styles from './score-panel.module.css';

const ScoreChart = lazy(async () => ({ default: (await import('./score-chart.js')).ScoreChart }));

/** The score with every point accounted for, and how it came to be over time. */
export function ScorePanel({ lead }: { lead: Lead }) {
  const explanation = useQuery(explanationQuery(lead.id));
  const scores = explanation.data ? scoresNow(explanation.data) : lead.scores;
  return (
    <section className={page['panel']} aria-labelledby="score-title">
      <div className={styles['head']}>
        <h2 id="score-title">Score</h2>
        {explanation.data && (
          <p>
            by {explanation.data.playbook.name} version {explanation.data.playbook.version}, as of{' '}
            <Moment at={explanation.data.asOf} />
          </p>
        )}
      </div>
      {scores && (
        <div className={styles['top']}>
          <dl className={styles['figures']}>
            <Figure term="Total" value={points(scores.total)} />
            <Figure
              term="Fit"
              value={points(scores.fit)}
              note={scores.grade === 'unknown' ? 'no grade' : `grade ${scores.grade}`}
            />
            <Figure term="Engagement" value={points(scores.engagement)} />
          </dl>
          <Suspense fallback={null}>
            <ScoreChart id={lead.id} now={scores} />
          </Suspense>
        </div>
      )}
      {explanation.isPending && <Skeleton what="the ledger" lines={4} />}
      {explanation.isError && (
        <Failure what="The ledger did not load" error={explanation.error} retry={() => void explanation.refetch()} />
      )}
      {explanation.data && (
        <>
          <EngagementLedger of={explanation.data.scores.engagement} />
          <FitLedger of={explanation.data.scores.fit} />
        </>
      )}
    </section>
  );
}

/** Points fade by the minute: the figures above a ledger are the ones it adds up to. */
function scoresNow({ asOf, scores }: Explanation): Scores {
  const { fit, engagement, total, grade } = scores;
  return { fit: fit.value, engagement: engagement.value, total, grade, asOf };
}

function Figure({ term, value, note }: { term: string; value: string; note?: string }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>
        {value} {note && <span>{note}</span>}
      </dd>
    </div>
  );
}
