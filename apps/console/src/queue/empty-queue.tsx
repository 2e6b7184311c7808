import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Coffee, Rocket, SearchX } from 'lucide-react';
import { startQuery } from '../api/queries.js';
import { Button } from '../look/button.js';
import { Empty } from '../look/notice.js';

/** Why there is nothing to do: because all is done, or because nothing has arrived yet. */
export function EmptyQueue({ owner }: { owner: string | undefined }) {
  const { data } = useQuery(startQuery);
  if (data && !Object.values(data.arrived).some(Boolean)) {
    return (
      <Empty icon={<Rocket />} title="Nothing has arrived yet">
        <p>The queue fills itself as soon as leads meet the playbook. First, Baton needs to hear from your website.</p>
        <Link to="/start">Connect the first source</Link>
      </Empty>
    );
  }
  return (
    <Empty icon={<Coffee />} title="The queue is clear">
      <p>Every lead that is ready for sales has been worked. New ones appear here by themselves, the hottest first.</p>
      {owner ? (
        <Link to="/" search={{}}>
          See everyone’s work
        </Link>
      ) : (
        <Link to="/funnel">See how the funnel is doing</Link>
      )}
    </Empty>
  );
}

/** The search has no match among the open work. */
export function NothingFound({ text, onClear }: { text: string; onClear: () => void }) {
  return (
    <Empty icon={<SearchX />} title={`Nothing open matches “${text}”`}>
      <p>Leads that are not open work can be found with ⌘K.</p>
      <Button onClick={onClear}>Clear the search</Button>
    </Empty>
  );
}
