import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { leadSearchQuery } from '../api/queries.js';
import type { Lead } from '../api/types.js';
import { ScoreMark } from '../facts/score-mark.js';
import { StageBadge } from '../facts/stage-badge.js';
import { inWords } from '../facts/stage-words.js';
import styles from './account-people.module.css';
import page from './lead-page.module.css';

/** Others of the same account, because deals are made by several people. */
export function AccountPeople({ lead }: { lead: Lead }) {
  const domain = lead.account?.domain;
  const { data } = useQuery({ ...leadSearchQuery(domain ?? ''), enabled: Boolean(domain) });
  const people = data?.items.filter(({ id, email }) => id !== lead.id && email?.endsWith(`@${domain}`)) ?? [];
  if (people.length === 0) return null;
  return (
    <section className={page['panel']} aria-labelledby="people-title">
      <h2 id="people-title" className={page['panelTitle']}>
        Others at {lead.account?.name ?? domain}
      </h2>
      <ul className={styles['people']}>
        {people.map((person) => (
          <li key={person.id}>
            <ScoreMark scores={person.scores} />
            <div className={styles['who']}>
              <Link to="/leads/$id" params={{ id: person.id }}>
                {person.name ?? person.email}
              </Link>
              <p>{person.persona === 'unknown' ? person.email : inWords(person.persona)}</p>
            </div>
            <StageBadge stage={person.stage} cycle={person.cycle} />
          </li>
        ))}
      </ul>
    </section>
  );
}
