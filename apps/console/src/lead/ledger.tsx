import type { ReactNode } from 'react';
import type { Award, LedgerOf } from '../api/types.js';
import { spoken } from '../facts/handoff-facts.js';
import { points } from '../facts/score-mark.js';
import { inWords } from '../facts/stage-words.js';
import { Moment } from '../time/moment.js';
import styles from './score-panel.module.css';

/** What they did: each award with what it was worth and what is left of it. */
export function EngagementLedger({ of }: { of: LedgerOf }) {
  return (
    <Ledger
      of={of}
      title="Engagement: what they did"
      head={['Because of', 'When', 'Earned', 'Now']}
      none="Nothing that earns points yet."
    >
      {of.ledger.map((award) => (
        <tr key={`${award.rule}:${award.event}`}>
          <th scope="row">
            {inWords(award.signal ?? award.rule)}{' '}
            {award.signal && award.signal !== award.rule && <span className={styles['because']}>· {award.rule}</span>}
          </th>
          <td className={styles['when']}>{award.at && <Moment at={award.at} />}</td>
          <td className={`${styles['number']} ${styles['awarded']}`}>
            {award.awarded === undefined ? '' : signed(award.awarded)}
          </td>
          <td className={styles['number']}>{signed(award.points)}</td>
        </tr>
      ))}
    </Ledger>
  );
}

/** Who they are: each rule that holds with the value that made it hold. */
export function FitLedger({ of }: { of: LedgerOf }) {
  return (
    <Ledger
      of={of}
      title="Fit: who they are"
      head={['Because of', '', '', 'Points']}
      none="No fit rule holds for what is known."
    >
      {of.ledger.map((award) => (
        <tr key={award.rule}>
          <th scope="row" colSpan={2}>
            {inWords(award.rule)} <span className={styles['because']}>{because(award)}</span>
          </th>
          <td className={styles['awarded']} />
          <td className={styles['number']}>{signed(award.points)}</td>
        </tr>
      ))}
    </Ledger>
  );
}

interface LedgerProps {
  of: LedgerOf;
  title: string;
  head: [string, string, string, string];
  none: string;
  children: ReactNode;
}

function Ledger({ of, title, head, none, children }: LedgerProps) {
  const bounded = Math.abs(of.sum - of.value) >= 0.005;
  return (
    <div className={styles['scroll']}>
      <table className={styles['ledger']}>
        <caption>{title}</caption>
        <thead>
          <tr>
            <th scope="col">{head[0]}</th>
            {head[1] ? <th scope="col">{head[1]}</th> : <td />}
            {head[2] ? (
              <th scope="col" className={`${styles['number']} ${styles['awarded']}`}>
                {head[2]}
              </th>
            ) : (
              <td className={styles['awarded']} />
            )}
            <th scope="col" className={styles['number']}>
              {head[3]}
            </th>
          </tr>
        </thead>
        <tbody>{of.ledger.length > 0 ? children : <EmptyLine text={none} />}</tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {bounded ? `Sum ${points(of.sum)}, ${of.sum > of.value ? 'capped' : 'floored'}` : 'Sum'}
            </th>
            <td className={styles['awarded']} />
            <td className={styles['number']}>{points(of.value)}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}

function EmptyLine({ text }: { text: string }) {
  return (
    <tr>
      <td colSpan={4} className={styles['none']}>
        {text}
      </td>
    </tr>
  );
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${points(Math.abs(value))}`;
}

function because({ because: held }: Award): string {
  return Object.entries(held ?? {})
    .map(([field, value]) => `${field} is ${spoken(value)}`)
    .join(', ');
}
