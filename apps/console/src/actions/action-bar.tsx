import { CircleOff, CircleX, Handshake, Phone, Recycle, ThumbsUp, Trophy, UserCheck, UserRoundPen } from 'lucide-react';
import type { Stage } from '../api/types.js';
import { Button } from '../look/button.js';
import styles from './action-bar.module.css';
import { useActionKeys, useStartAction } from './lead-actions.js';
import { type ActionKind, canDo, type LeadTarget } from './lead-target.js';

const actions: readonly { kind: ActionKind; label: string; key?: string; Icon: typeof Phone }[] = [
  { kind: 'accept', label: 'Accept', key: 'a', Icon: UserCheck },
  { kind: 'log-call', label: 'Log call', key: 'c', Icon: Phone },
  { kind: 'qualify', label: 'Qualify', key: 'q', Icon: ThumbsUp },
  { kind: 'open-deal', label: 'Open deal', Icon: Handshake },
  { kind: 'win', label: 'Won', Icon: Trophy },
  { kind: 'lose', label: 'Lost', Icon: CircleX },
  { kind: 'recycle', label: 'Recycle', key: 'r', Icon: Recycle },
  { kind: 'disqualify', label: 'Disqualify', key: 'd', Icon: CircleOff },
  { kind: 'reassign', label: 'Reassign', key: 'o', Icon: UserRoundPen },
];

/** What usually comes next. */
const steps: Partial<Record<Stage, ActionKind>> = { accepted: 'qualify', sql: 'open-deal', opportunity: 'win' };

/** What can be done with this lead now; the first is what usually comes next. Binds the keys too. */
export function ActionBar({ target }: { target: LeadTarget }) {
  const start = useStartAction();
  useActionKeys(target);
  const possible = actions.filter(({ kind }) => canDo(kind, target.stage));
  const next = steps[target.stage] ?? possible[0]?.kind;
  return (
    <div className={styles['bar']} role="toolbar" aria-label={`Actions for ${target.name}`}>
      {possible.map(({ kind, label, key, Icon }) => (
        <Button
          key={kind}
          tone={kind === next ? 'primary' : 'plain'}
          icon={<Icon aria-hidden="true" />}
          shortcut={key}
          onClick={() => start(kind, target)}
        >
          {label}
        </Button>
      ))}
    </div>
  );
}
