import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import type { RefObject } from 'react';
import { rosterQuery } from '../api/queries.js';
import { Key } from '../look/button.js';
import styles from './queue-page.module.css';

const route = getRouteApi('/');

interface QueueHeadProps {
  text: string;
  setText: (text: string) => void;
  owner: string | undefined;
  count: number | null;
  more: boolean;
  searchRef: RefObject<HTMLInputElement | null>;
}

/** How much there is, whose it is, and the search. */
export function QueueHead({ text, setText, owner, count, more, searchRef }: QueueHeadProps) {
  const navigate = route.useNavigate();
  const choose = (chosen: string): void => void navigate({ search: () => ({ owner: chosen || undefined }) });
  return (
    <header className={styles['head']}>
      <div className={styles['title']}>
        <h1>Queue</h1>
        <span className={styles['count']}>
          {count === null ? '' : `${count.toLocaleString('en')}${more ? '+' : ''} open, hottest first`}
        </span>
        <OwnerFilter owner={owner} onChoose={choose} />
      </div>
      <label className={styles['search']}>
        <Search aria-hidden="true" />
        <span className="visually-hidden">Search the queue</span>
        <input
          ref={searchRef}
          type="search"
          value={text}
          placeholder="Name, company, reason"
          onChange={({ target }) => setText(target.value)}
          onKeyDown={({ key, currentTarget }) => (key === 'Escape' || key === 'Enter') && currentTarget.blur()}
        />
        <Key>/</Key>
      </label>
    </header>
  );
}

function OwnerFilter({ owner, onChoose }: { owner: string | undefined; onChoose: (owner: string) => void }) {
  const { data } = useQuery(rosterQuery);
  return (
    <select
      className={styles['owner']}
      aria-label="Whose work"
      value={owner ?? ''}
      onChange={({ target }) => onChoose(target.value)}
    >
      <option value="">Everyone</option>
      {data?.reps.map(({ id, name }) => (
        <option key={id} value={`rep:${id}`}>
          {name}
        </option>
      ))}
      {data?.teams.map(({ id, name }) => (
        <option key={id} value={`team:${id}`}>
          {name ?? id} team
        </option>
      ))}
    </select>
  );
}
