import { User, Users } from 'lucide-react';
import type { Owner } from '../api/types.js';
import styles from './owner-name.module.css';
import { useOwnerNames } from './use-owner-names.js';

/** Who is responsible now: a person, or a team's queue. */
export function OwnerName({ owner }: { owner: Owner | null }) {
  const names = useOwnerNames();
  if (!owner?.rep && !owner?.team) return <span className={styles['owner']}>No owner yet</span>;
  const id = owner.rep ? `rep:${owner.rep}` : `team:${owner.team}`;
  const Icon = owner.rep ? User : Users;
  return (
    <span className={styles['owner']} title={owner.rep ? 'Owner' : 'In the queue of this team'}>
      <Icon aria-hidden="true" />
      <span className="visually-hidden">Owner: </span>
      {names.get(id) ?? id.split(':')[1]}
    </span>
  );
}
