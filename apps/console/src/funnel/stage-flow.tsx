import type { FunnelGroup, Transition } from '../api/types.js';
import { stageName } from '../facts/stage-words.js';
import { duration } from '../time/words.js';
import { BandBadge, isMature, percent, Rate } from './rate.js';
import styles from './stage-flow.module.css';

/** The stages as bars from zero, and between each two what gets through, how fast, and what to check. */
export function StageFlow({ group }: { group: FunnelGroup }) {
  const most = Math.max(1, ...group.stages.map(({ reached }) => reached));
  return (
    <section className={styles['flow']} aria-label="Stages">
      <ol>
        {group.stages.map(({ stage, reached }) => {
          const onward = group.transitions.filter(({ from }) => from === stage);
          return (
            <li key={stage}>
              <div className={styles['stage']}>
                <h2>{stageName(stage)}</h2>
                <span className={styles['bar']} aria-hidden="true">
                  {reached > 0 && <span style={{ width: `${(reached / most) * 100}%` }} />}
                </span>
                <strong>{reached.toLocaleString('en')}</strong>
              </div>
              {onward.map((transition) => (
                <Onward key={transition.to} transition={transition} />
              ))}
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Onward({ transition }: { transition: Transition }) {
  const { to, entered, converted, rate, interval, band, medianSeconds, p90Seconds, direct, check, maturity } =
    transition;
  return (
    <div className={styles['onward']}>
      <span className={styles['to']}>to {stageName(to)}</span>
      <Rate rate={rate} interval={interval} of={entered} converted={converted} />
      <div className={styles['judged']}>
        <p>
          <BandBadge band={band} maturity={maturity} />
          {medianSeconds !== null && converted > 0 && (
            <span className={styles['time']}>
              half within {duration(medianSeconds)}
              {p90Seconds !== null && <>, nine in ten within {duration(p90Seconds)}</>}
            </span>
          )}
          {direct > 0 && <span className={styles['time']}>{direct.toLocaleString('en')} more came directly</span>}
          {maturity !== null && maturity < 0.95 && (
            <span className={styles['time']}>{percent(maturity)} have had their time</span>
          )}
        </p>
        {check && isMature(maturity) && <p className={styles['check']}>{check}</p>}
      </div>
    </div>
  );
}
