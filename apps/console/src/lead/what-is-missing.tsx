import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleDashed } from 'lucide-react';
import { explanationQuery } from '../api/queries.js';
import type { Explanation, Stage } from '../api/types.js';
import { inWords, stageName } from '../facts/stage-words.js';
import { classes } from '../look/class-names.js';
import page from './lead-page.module.css';
import styles from './what-is-missing.module.css';

/** For each stage ahead, the ways into it: what holds, and how far the rest is away. */
export function WhatIsMissing({ id, stage }: { id: string; stage: Stage }) {
  const { data } = useQuery(explanationQuery(id));
  const ahead = data?.stages.filter((next) => next.stage !== stage && next.criteria.length > 0) ?? [];
  if (ahead.length === 0) return null;
  return (
    <section className={page['panel']} aria-labelledby="missing-title">
      <h2 id="missing-title" className={page['panelTitle']}>
        What is missing
      </h2>
      <div className={styles['stages']}>
        {ahead.map((next) => (
          <Ways key={next.stage} next={next} />
        ))}
      </div>
    </section>
  );
}

function Ways({ next }: { next: Explanation['stages'][number] }) {
  return (
    <div>
      <h3 className={styles['stage']}>
        For {stageName(next.stage)}
        {next.criteria.length > 1 && <span>, any one of these</span>}
      </h3>
      <ul className={styles['criteria']}>
        {next.criteria.map(({ id, holds, missing }) => (
          <li key={id} className={classes(holds && styles['holds'])}>
            {holds ? <CircleCheck aria-hidden="true" /> : <CircleDashed aria-hidden="true" />}
            <div>
              <span>{inWords(id)}</span>
              <p>{holds ? 'Holds' : (missing ?? 'Does not hold yet')}</p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
