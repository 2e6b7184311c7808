import { useQuery } from '@tanstack/react-query';
import { speedToLeadQuery } from '../api/queries.js';
import type { SpeedToLead } from '../api/types.js';
import { Failure } from '../look/notice.js';
import { duration } from '../time/words.js';
import { percent, Rate } from './rate.js';
import styles from './speed-to-lead-panel.module.css';

const tiers: Record<string, string> = {
  '5m': 'Within 5 minutes',
  '1h': 'Within 1 hour',
  '1d': 'Within 1 day',
  '1w': 'Within 1 week',
  later: 'Later',
  never: 'Not touched',
};

/** How soon somebody called, and what became of those who were called soon. */
export function SpeedToLeadPanel({ from }: { from: string | undefined }) {
  const { data, error, isError, refetch } = useQuery(speedToLeadQuery({ from }));
  const group = data?.groups[0];
  return (
    <section className={styles['panel']} aria-labelledby="speed-title">
      <header className={styles['head']}>
        <h2 id="speed-title">Speed to lead</h2>
        {group && <p>{words(group)}</p>}
      </header>
      {isError && !data && <Failure what="Speed to lead did not load" error={error} retry={() => void refetch()} />}
      {group && group.leads > 0 && (
        <table className={styles['table']}>
          <thead>
            <tr>
              <th scope="col">First touch</th>
              <th scope="col">Share of leads</th>
              <th scope="col">Went further</th>
            </tr>
          </thead>
          <tbody>
            {group.tiers.map(({ id, leads, share, converted, rate, interval }) => (
              <tr key={id}>
                <th scope="row">{tiers[id] ?? id}</th>
                <td>
                  <span className={styles['share']}>
                    <span aria-hidden="true">{leads > 0 && <i style={{ width: `${(share ?? 0) * 100}%` }} />}</span>
                    {percent(share ?? 0)} <small>{leads.toLocaleString('en')}</small>
                  </span>
                </td>
                <td>
                  <Rate small rate={rate} interval={interval} of={leads} converted={converted} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function words({ leads, touched, medianSeconds, p90Seconds }: SpeedToLead['groups'][number]): string {
  if (leads === 0) return 'No lead was promised a call in this time.';
  const typical = medianSeconds === null ? '' : `Half were touched within ${duration(medianSeconds)}`;
  const slow = p90Seconds === null ? '' : `, nine in ten within ${duration(p90Seconds)}`;
  return `${typical}${slow}${typical ? '. ' : ''}${touched.toLocaleString('en')} of ${leads.toLocaleString('en')} touched.`;
}
