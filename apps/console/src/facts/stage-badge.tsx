import {
  CircleDashed,
  CircleDot,
  CircleOff,
  CirclePause,
  CircleX,
  Handshake,
  ThumbsUp,
  Trophy,
  UserCheck,
} from 'lucide-react';
import type { Stage } from '../api/types.js';
import { classes } from '../look/class-names.js';
import styles from './stage-badge.module.css';
import { stageName } from './stage-words.js';

const icons: Record<Stage, typeof CircleDot> = {
  visitor: CircleDashed,
  lead: CircleDashed,
  mql: CircleDot,
  accepted: UserCheck,
  sql: ThumbsUp,
  opportunity: Handshake,
  customer: Trophy,
  nurture: CirclePause,
  disqualified: CircleOff,
  lost: CircleX,
};

/** A stage by shape and word; the pass is named from the second on. */
export function StageBadge({ stage, cycle = 1 }: { stage: Stage; cycle?: number }) {
  const Icon = icons[stage] ?? CircleDashed;
  return (
    <span className={classes(styles['badge'], styles[stage])}>
      <Icon aria-hidden="true" />
      {stageName(stage)}
      {cycle > 1 && (
        <span className={styles['cycle']} title={`Pass ${cycle} from lead onwards`}>
          <span className="visually-hidden">, cycle </span>
          <span aria-hidden="true">·</span> {cycle}
        </span>
      )}
    </span>
  );
}
