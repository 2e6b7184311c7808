import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { historyQuery } from '../api/queries.js';
import type { Lead } from '../api/types.js';
import { StageBadge } from '../facts/stage-badge.js';
import { inWords, isAside, path, stageName } from '../facts/stage-words.js';
import { classes } from '../look/class-names.js';
import { Moment } from '../time/moment.js';
import { type StageEntry, stageHistory } from './stage-history.js';
import styles from './stage-path.module.css';

/** How far the lead has come in this cycle, and how its earlier cycles ended. */
export function StagePath({ lead }: { lead: Lead }) {
  const { data } = useQuery(historyQuery(lead.id, 'stage'));
  const history = stageHistory(data?.items ?? []);
  const now = history.filter(({ cycle }) => cycle === lead.cycle);
  const aside = isAside(lead.stage);
  const reached = Math.max(path.indexOf(lead.stage), ...now.map(({ stage }) => path.indexOf(stage)));
  return (
    <div className={styles['wrap']}>
      <ol className={styles['path']} aria-label={`Stages of cycle ${lead.cycle}`}>
        {path.map((stage, place) => (
          <Step
            key={stage}
            name={stageName(stage)}
            state={
              stage === lead.stage
                ? 'current'
                : place <= reached
                  ? wasSkipped(now, place)
                    ? 'skipped'
                    : 'passed'
                  : 'ahead'
            }
            at={now.find((entry) => entry.stage === stage)?.at ?? (stage === lead.stage ? lead.since : null)}
          />
        ))}
        {aside && <Step name={stageName(lead.stage)} state="aside" at={lead.since} />}
      </ol>
      <EarlierCycles history={history} current={lead.cycle} />
    </div>
  );
}

interface StepProps {
  name: string;
  state: 'passed' | 'skipped' | 'current' | 'ahead' | 'aside';
  at: string | null;
}

const said: Record<StepProps['state'], string> = {
  passed: 'passed',
  skipped: 'skipped',
  current: 'here now',
  ahead: 'not reached',
  aside: 'here now',
};

function Step({ name, state, at }: StepProps) {
  return (
    <li
      className={classes(styles['step'], styles[state])}
      aria-current={state === 'current' || state === 'aside' ? 'step' : undefined}
    >
      <span className={styles['name']}>
        {state === 'passed' && <Check aria-hidden="true" />}
        {name}
        <span className="visually-hidden">, {said[state]}</span>
      </span>
      <span className={styles['at']}>
        {at && state !== 'ahead' ? <Moment at={at} /> : state === 'skipped' ? 'skipped' : '\u00a0'}
      </span>
    </li>
  );
}

function EarlierCycles({ history, current }: { history: StageEntry[]; current: number }) {
  const ends = Array.from({ length: current - 1 }, (_, index) =>
    history.filter(({ cycle }) => cycle === index + 1).at(-1),
  ).filter((entry) => entry !== undefined);
  if (current < 2) return null;
  return (
    <p className={styles['cycles']}>
      Cycle {current}.{' '}
      {ends.map(({ cycle, stage, reason, at }) => (
        <span key={cycle} className={styles['end']}>
          Cycle {cycle} ended in <StageBadge stage={stage} />
          {reason && <> · {inWords(reason)}</>}, <Moment at={at} />
        </span>
      ))}
    </p>
  );
}

function wasSkipped(now: StageEntry[], place: number): boolean {
  return now.length > 0 && !now.some(({ stage }) => path.indexOf(stage) === place);
}
