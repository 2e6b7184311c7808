import type { FunnelGroup, Stage } from '../api/types.js';
import { inWords, stageName } from '../facts/stage-words.js';
import styles from './group-table.module.css';
import { BandBadge, Rate } from './rate.js';

/** One row for each campaign, source or persona, so that the leak shows where it is. The step that sales takes between MQL and SQL is part of that rate. */
export function GroupTable({ groups, by }: { groups: FunnelGroup[]; by: string }) {
  const ordered = [...groups].sort((left, right) => entered(right) - entered(left));
  const steps = ordered[0]?.transitions.filter(({ from, to }) => from !== 'accepted' && to !== 'accepted') ?? [];
  return (
    <section className={styles['scroll']} tabIndex={0} aria-label={`Stages by ${by}`}>
      <table className={styles['table']}>
        <thead>
          <tr>
            <th scope="col">{inWords(by)}</th>
            <th scope="col" className={styles['count']}>
              Leads
            </th>
            {steps.map(({ from, to }) => (
              <th scope="col" key={`${from}>${to}`}>
                {stageName(from)} <span aria-hidden="true">→</span>
                <span className="visually-hidden">to</span> {stageName(to)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {ordered.map((group) => (
            <tr key={group.key ?? ''}>
              <th scope="row">
                {by === 'campaign' ? (group.key ?? 'No campaign') : group.key ? inWords(group.key) : 'Unknown'}
              </th>
              <td className={styles['count']}>{entered(group).toLocaleString('en')}</td>
              {steps.map(({ from, to }) => (
                <Cell key={`${from}>${to}`} group={group} from={from} to={to} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cell({ group, from, to }: { group: FunnelGroup; from: Stage; to: Stage }) {
  const step = group.transitions.find((transition) => transition.from === from && transition.to === to);
  if (!step) return <td />;
  return (
    <td>
      <Rate small rate={step.rate} interval={step.interval} of={step.entered} converted={step.converted} />
      <BandBadge band={step.entered > 0 ? step.band : null} maturity={step.maturity} />
    </td>
  );
}

function entered({ stages }: FunnelGroup): number {
  return stages[0]?.reached ?? 0;
}
