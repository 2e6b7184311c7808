import { ChartSpline, Eye, ListChecks, Milestone, Phone, PhoneMissed, Timer, UserRoundPen, Zap } from 'lucide-react';
import type { TimelineItem, TimelineKind } from '../api/types.js';
import { useOwnerNames } from '../facts/use-owner-names.js';
import { classes } from '../look/class-names.js';
import { exact, timeOfDay } from '../time/words.js';
import { timelineDetail } from './timeline-detail.js';
import styles from './timeline.module.css';

const icons: Record<TimelineKind, typeof Eye> = {
  event: Eye,
  signal: Zap,
  score: ChartSpline,
  stage: Milestone,
  assignment: UserRoundPen,
  touch: Phone,
  attempt: PhoneMissed,
  clock: Timer,
  answer: ListChecks,
};

/** One thing that happened. Stage changes stand out: they are what the rest explains. */
export function TimelineRow({ item }: { item: TimelineItem }) {
  const Icon = icons[item.kind] ?? Eye;
  const at = Date.parse(item.at);
  const names = useOwnerNames();
  const detail = timelineDetail(item, names);
  return (
    <li className={classes(styles['row'], styles[item.kind])}>
      <span className={styles['mark']} aria-hidden="true">
        <Icon />
      </span>
      <div className={styles['words']}>
        <span className="visually-hidden">{item.kind}: </span>
        <span className={styles['what']}>{item.title}</span>
        {detail && <p>{detail}</p>}
      </div>
      <time dateTime={item.at} title={exact(at)}>
        {timeOfDay(at).replace(/ .*/, '')}
      </time>
    </li>
  );
}
