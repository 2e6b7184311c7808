import { Link } from '@tanstack/react-router';
import { ArrowLeft, ArrowUpRight, CornerDownRight, Inbox } from 'lucide-react';
import { ActionBar } from '../actions/action-bar.js';
import { targetOfItem } from '../actions/lead-target.js';
import type { QueueItem } from '../api/types.js';
import { ClockCard } from '../facts/clock-line.js';
import { HandoffFacts } from '../facts/handoff-facts.js';
import { OwnerName } from '../facts/owner-name.js';
import { points, ScoreMark } from '../facts/score-mark.js';
import { StageBadge } from '../facts/stage-badge.js';
import { inWords } from '../facts/stage-words.js';
import { Button } from '../look/button.js';
import { Empty } from '../look/notice.js';
import { Moment } from '../time/moment.js';
import styles from './handoff-panel.module.css';
import type { QueueRow } from './use-steady-rows.js';

/** All that a rep needs for the call: who, why now, what is known, what is left of the promise, and what to do. */
export function HandoffPanel({ row, onBack }: { row: QueueRow | undefined; onBack?: (() => void) | undefined }) {
  if (!row) return <NotHere onBack={onBack} />;
  const { item } = row;
  return (
    <article className={styles['panel']} aria-label={`Handoff of ${item.lead.name ?? item.lead.email ?? 'this lead'}`}>
      <div className={styles['top']}>
        {onBack && (
          <>
            <h1 className="visually-hidden">Queue</h1>
            <Button tone="quiet" icon={<ArrowLeft />} onClick={onBack}>
              Queue
            </Button>
          </>
        )}
        <Identity item={item} />
        <div className={styles['actions']}>
          <ActionBar target={targetOfItem(item)} />
        </div>
      </div>
      <div className={styles['body']}>
        {row.gone && (
          <p className={styles['gone']}>This lead has just left the queue. Open its page to see where it went.</p>
        )}
        <div className={styles['cards']}>
          {item.clock ? (
            <ClockCard clock={item.clock} />
          ) : (
            <p className={styles['noclock']}>No promise is running for this lead.</p>
          )}
          <NextStep item={item} />
        </div>
        {item.handoff ? (
          <HandoffFacts handoff={item.handoff} />
        ) : (
          <p className={styles['noclock']}>This lead came without a handoff.</p>
        )}
        <p className={styles['origin']}>{origin(item)}</p>
      </div>
    </article>
  );
}

function Identity({ item }: { item: QueueItem }) {
  const { lead, scores } = item;
  return (
    <header className={styles['identity']}>
      <ScoreMark scores={scores} large />
      <div className={styles['who']}>
        <h2>
          <Link to="/leads/$id" params={{ id: lead.id }}>
            {lead.name ?? lead.email ?? 'Unnamed'}
            <ArrowUpRight aria-hidden="true" />
          </Link>
        </h2>
        <p>
          {[lead.company, lead.persona === 'unknown' ? null : inWords(lead.persona), lead.email]
            .filter(Boolean)
            .join(' · ')}
        </p>
        <p className={styles['state']}>
          <StageBadge stage={item.stage} cycle={item.cycle} />
          {item.since && (
            <span>
              since <Moment at={item.since} />
            </span>
          )}
          <OwnerName owner={item.owner} />
          {scores && (
            <span>
              fit {points(scores.fit)} · engagement {points(scores.engagement)}
            </span>
          )}
        </p>
      </div>
    </header>
  );
}

function NextStep({ item }: { item: QueueItem }) {
  const step = item.nextStep ?? item.handoff?.nextStep;
  if (!step) return null;
  return (
    <section className={styles['next']} aria-label="Next step">
      <h3>Next step</h3>
      <p>
        <CornerDownRight aria-hidden="true" />
        {step}
      </p>
    </section>
  );
}

function origin({ handoff }: QueueItem): string {
  if (!handoff?.source) return 'Where this lead came from is not known.';
  return `Came through ${inWords(handoff.source)}${handoff.campaign ? `, campaign ${handoff.campaign}` : ''}.`;
}

function NotHere({ onBack }: { onBack?: (() => void) | undefined }) {
  return (
    <article className={styles['panel']}>
      <Empty icon={<Inbox />} title="This lead is not in the queue">
        <p>It may have been worked already.</p>
        {onBack && <Button onClick={onBack}>Back to the queue</Button>}
      </Empty>
    </article>
  );
}
