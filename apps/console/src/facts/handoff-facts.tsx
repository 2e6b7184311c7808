import { FileText, Flame, Minus, Signal, SignalLow, SignalMedium } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Answer, CountedSignal, Handoff } from '../api/types.js';
import { Moment } from '../time/moment.js';
import styles from './handoff-facts.module.css';
import { inWords } from './stage-words.js';

/** Everything the lead already told us, so that nobody asks it again. Parts that are empty are left out. */
export function HandoffFacts({ handoff }: { handoff: Handoff }) {
  const { reasons, signals, pages, forms = [], answers, open = [] } = handoff;
  return (
    <div className={styles['facts']}>
      {handoff.littleContext && (
        <p className={styles['little']}>This lead came with hardly any history. What is here is all there is.</p>
      )}
      <Part title="Why now" show={reasons.length > 0}>
        <ul className={styles['reasons']}>
          {reasons.map((reason) => (
            <li key={reason}>
              <Flame aria-hidden="true" />
              {reason}
            </li>
          ))}
        </ul>
      </Part>
      <Part title="What they told us" show={Object.keys(answers).length + forms.length > 0}>
        <Told answers={answers} forms={forms} />
      </Part>
      <Part title="Still to ask" show={open.length > 0}>
        <ul className={styles['open']}>
          {open.map(({ id, ask }) => (
            <li key={id}>{ask}</li>
          ))}
        </ul>
      </Part>
      <Part title="Signals that counted" show={signals.length > 0}>
        <ul className={styles['rows']}>
          {signals.map((signal) => (
            <SignalRow key={`${signal.event}:${signal.signal}`} signal={signal} />
          ))}
        </ul>
      </Part>
      <Part title="Pages and content" show={pages.length > 0}>
        <ul className={styles['rows']}>
          {pages.map(({ path, title, at }) => (
            <li key={path + at}>
              <FileText aria-hidden="true" />
              <span className={styles['grow']} title={path}>
                {title ?? path}
              </span>
              <Moment at={at} className={styles['at']} />
            </li>
          ))}
        </ul>
      </Part>
    </div>
  );
}

function Part({ title, show, children }: { title: string; show: boolean; children: ReactNode }) {
  if (!show) return null;
  return (
    <section>
      <h3 className={styles['title']}>{title}</h3>
      {children}
    </section>
  );
}

/** Form fields that stand in the header already. */
const inTheHeader = new Set(['email', 'name', 'company']);

function Told({ answers, forms }: { answers: Record<string, Answer>; forms: NonNullable<Handoff['forms']> }) {
  const said = forms.flatMap(({ form, fields, at }) =>
    Object.entries(fields)
      .filter(([field]) => !inTheHeader.has(field))
      .map(([field, value]) => ({ form, field, value, at })),
  );
  return (
    <dl className={styles['told']}>
      {Object.entries(answers).map(([id, { value, by }]) => (
        <div key={id}>
          <dt>{inWords(id)}</dt>
          <dd>
            {spoken(value)}{' '}
            <span className={styles['by']}>· {by === 'lead' ? 'said by the lead' : 'noted by a person'}</span>
          </dd>
        </div>
      ))}
      {said.map(({ form, field, value, at }) => (
        <div key={form + field + at}>
          <dt>{inWords(field)}</dt>
          <dd>
            {spoken(value)} <span className={styles['by']}>· form {form}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function SignalRow({ signal }: { signal: CountedSignal }) {
  return (
    <li>
      <IntentMark intent={signal.intent} />
      <span className={styles['grow']}>
        {signal.title ?? inWords(signal.signal)}
        {' · '}
        <span className={styles['intent']}>{signal.intent}</span>
      </span>
      <Moment at={signal.at} className={styles['at']} />
    </li>
  );
}

const intentIcons: Record<string, typeof Signal> = { high: Signal, medium: SignalMedium, low: SignalLow };

function IntentMark({ intent }: { intent: string }) {
  const Icon = intentIcons[intent] ?? Minus;
  return <Icon aria-hidden="true" className={styles[intent]} />;
}

/** A value of unknown type as a person would say it. */
export function spoken(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(spoken).join(', ');
  if (typeof value === 'object' && value !== null) return JSON.stringify(value);
  return String(value);
}
