import { CircleCheck, CircleDashed } from 'lucide-react';
import type { Start } from '../api/types.js';
import styles from './start-page.module.css';

const things: readonly { id: keyof Start['arrived']; label: string; about: string }[] = [
  { id: 'page', label: 'A page view', about: 'A visitor, not known by name yet' },
  { id: 'identify', label: 'An identify call', about: 'Who the visitor is; what came before is attached' },
  { id: 'form', label: 'A form', about: 'Somebody asked for something' },
  { id: 'import', label: 'An import', about: 'History from a file; nobody is notified' },
  { id: 'lead', label: 'A lead', about: 'Scored, and on its way through the playbook' },
];

/** What has reached this installation, and what it still waits for; asks again every few seconds. */
export function Arrivals({ arrived }: Pick<Start, 'arrived'>) {
  const count = things.filter(({ id }) => arrived[id]).length;
  return (
    <section className={styles['arrivals']} aria-label="What has arrived">
      <h2>What has arrived</h2>
      <p className={styles['listening']} role="status">
        {count === 0 ? 'Listening for the first event' : `${count} of ${things.length}`}
      </p>
      <ul>
        {things.map(({ id, label, about }) => (
          <li key={id} className={arrived[id] ? styles['here'] : styles['awaited']}>
            {arrived[id] ? <CircleCheck aria-hidden="true" /> : <CircleDashed aria-hidden="true" />}
            <div>
              <strong>{label}</strong>
              <span className="visually-hidden">{arrived[id] ? ', arrived' : ', not yet'}</span>
              <p>{about}</p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
