import type { Scores } from '../api/types.js';
import { classes } from '../look/class-names.js';
import styles from './score-mark.module.css';

/** The grade as a letter with the total beside it; the letter carries the meaning, not its colour. */
export function ScoreMark({ scores, large = false }: { scores: Scores | null; large?: boolean }) {
  if (!scores) return <span className={styles['none']}>–</span>;
  const words = `Grade ${scores.grade}, ${points(scores.total)} points: fit ${points(scores.fit)}, engagement ${points(scores.engagement)}`;
  return (
    <span className={classes(styles['mark'], large && styles['large'], styles[`grade${scores.grade}`])} title={words}>
      <span className="visually-hidden">{words}</span>
      <span aria-hidden="true" className={styles['grade']}>
        {scores.grade === 'unknown' ? '–' : scores.grade}
      </span>
      <span aria-hidden="true" className={styles['total']}>
        {Math.round(scores.total)}
      </span>
    </span>
  );
}

/** Points with at most two decimals, as the API shows them. */
export function points(value: number): string {
  return String(Math.round(value * 100) / 100);
}
