import { CircleCheck, CircleChevronDown, CircleChevronUp, Eye, Hourglass } from 'lucide-react';
import type { Band, Transition } from '../api/types.js';
import { classes } from '../look/class-names.js';
import styles from './rate.module.css';

const bands: Record<Band, { words: string; tone: string; Icon: typeof Eye }> = {
  healthy: { words: 'Healthy', tone: 'good', Icon: CircleCheck },
  watch: { words: 'Watch', tone: 'watch', Icon: Eye },
  'too-loose': { words: 'Too loose', tone: 'bad', Icon: CircleChevronUp },
  'too-tight': { words: 'Too tight', tone: 'bad', Icon: CircleChevronDown },
};

const early = { words: 'Too early to judge', tone: 'early', Icon: Hourglass };

/** Below this share of leads with a known outcome, a low rate is only an early one. */
const matureFrom = 0.8;

/** Whether enough of the leads have had their time for the rate to be judged. */
export function isMature(maturity: number | null): boolean {
  return maturity === null || maturity >= matureFrom;
}

/** The judgement of a rate by shape and word; none before its leads have had their time. */
export function BandBadge({ band, maturity }: { band: Band | null; maturity: number | null }) {
  if (!band) return null;
  const { words, tone, Icon } = isMature(maturity) ? bands[band] : early;
  return (
    <span className={classes(styles['band'], styles[tone])}>
      <Icon aria-hidden="true" />
      {words}
    </span>
  );
}

type Measured = Pick<Transition, 'rate' | 'interval'> & { of: number; converted: number };

/** A rate that can be trusted: with numerator, denominator and its 95 % interval, in figures and as a band. */
export function Rate({ rate, interval, of, converted, small = false }: Measured & { small?: boolean }) {
  if (rate === null || of === 0) return <span className={styles['nobody']}>Nobody yet</span>;
  return (
    <span className={classes(styles['rate'], small && styles['small'])}>
      <strong>{percent(rate)}</strong>
      <span className={styles['of']}>
        {converted.toLocaleString('en')} of {of.toLocaleString('en')}
      </span>
      {interval && (
        <>
          <span className={styles['track']} aria-hidden="true">
            <span
              style={{ left: `${interval[0] * 100}%`, width: `${Math.max(1, (interval[1] - interval[0]) * 100)}%` }}
            />
            <i style={{ left: `${rate * 100}%` }} />
          </span>
          <span className={styles['interval']} title="95 % interval: where the true rate lies, given so many leads">
            <span className="visually-hidden">95 % interval </span>
            {figure(interval[0])} to {percent(interval[1])}
          </span>
        </>
      )}
    </span>
  );
}

/** One decimal: `56.3 %`. */
export function percent(rate: number): string {
  return `${figure(rate)} %`;
}

function figure(rate: number): string {
  return (rate * 100).toFixed(1);
}
