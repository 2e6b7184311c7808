import { CircleAlert, CircleCheck, CirclePause, Timer, TimerOff } from 'lucide-react';
import type { Clock } from '../api/types.js';
import { classes } from '../look/class-names.js';
import { useNow } from '../time/server-time.js';
import { exact } from '../time/words.js';
import styles from './clock-line.module.css';
import { type ClockReading, readClock } from './clock-reading.js';

/** A running promise in a row: words, a shape, and a thin bar of the time that has gone. */
export function ClockLine({ clock }: { clock: Clock | null }) {
  const now = useNow();
  if (!clock) return <span className={styles['none']}>No clock</span>;
  const reading = readClock(clock, now);
  const open = clock.state !== 'met' && clock.state !== 'cancelled';
  return (
    <span className={classes(styles['line'], styles[reading.tone])} title={`Due ${exact(Date.parse(clock.dueAt))}`}>
      <span className={styles['words']}>
        <ClockIcon clock={clock} reading={reading} />
        {reading.short}
      </span>
      {open && <ClockBar reading={reading} />}
    </span>
  );
}

/** The promise in the detail, to the second, with when it is due. */
export function ClockCard({ clock }: { clock: Clock }) {
  const now = useNow();
  const reading = readClock(clock, now);
  const due = Date.parse(clock.dueAt);
  return (
    <section className={classes(styles['card'], styles[reading.tone])} aria-label="Clock">
      <p className={styles['figure']}>
        <ClockIcon clock={clock} reading={reading} />
        <strong>{reading.figure}</strong> <span>{reading.meaning}</span>
      </p>
      {clock.state !== 'met' && clock.state !== 'cancelled' && <ClockBar reading={reading} />}
      <p className={styles['due']}>
        <span>
          Due <time dateTime={clock.dueAt}>{exact(due)}</time>
        </span>
        <span>
          <span className={styles['tier']}>{clock.sla}</span> promise
          {clock.hours === 'business' ? ', in working hours' : ''}
        </span>
      </p>
    </section>
  );
}

function ClockBar({ reading }: { reading: ClockReading }) {
  return (
    <span className={styles['bar']} aria-hidden="true">
      <span style={{ transform: `scaleX(${Math.max(0.02, reading.gone).toFixed(4)})` }} />
    </span>
  );
}

function ClockIcon({ clock, reading }: { clock: Clock; reading: ClockReading }) {
  if (clock.state === 'met') return <CircleCheck aria-hidden="true" />;
  if (clock.state === 'cancelled') return <TimerOff aria-hidden="true" />;
  if (clock.state === 'paused') return <CirclePause aria-hidden="true" />;
  return reading.tone === 'bad' ? <CircleAlert aria-hidden="true" /> : <Timer aria-hidden="true" />;
}
