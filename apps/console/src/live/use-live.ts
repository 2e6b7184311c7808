import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { markChanged } from './changed-leads.js';
import { followChanges, type LiveState } from './live-changes.js';

/** Changes that arrive together cause one refresh. */
const gatherMs = 250;
/** While the connection is lost the page asks instead of being told. */
const pollMs = 10_000;

/** Keeps everything on the page current while it is open; answers how the connection is. */
export function useLive(): LiveState {
  const client = useQueryClient();
  const [state, setState] = useState<LiveState>('connecting');
  useEffect(() => {
    const gather = gatherRefreshes(client);
    const stop = followChanges({
      onChange: ({ lead }) => gather.add(lead),
      onState: setState,
      onHealed: () => void client.invalidateQueries(),
    });
    return () => {
      stop();
      gather.stop();
    };
  }, [client]);
  useEffect(() => {
    if (state !== 'lost') return;
    const poll = setInterval(() => void client.invalidateQueries({ queryKey: ['queue'] }), pollMs);
    return () => clearInterval(poll);
  }, [client, state]);
  return state;
}

function gatherRefreshes(client: QueryClient): { add: (lead: string) => void; stop: () => void } {
  const leads = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const refresh = async (): Promise<void> => {
    timer = undefined;
    const changed = [...leads];
    leads.clear();
    await Promise.all([
      client.invalidateQueries({ queryKey: ['queue'] }),
      ...changed.map((lead) => client.invalidateQueries({ queryKey: ['lead', lead] })),
    ]);
    for (const lead of changed) markChanged(lead);
  };
  return {
    add: (lead) => {
      leads.add(lead);
      timer ??= setTimeout(() => void refresh(), gatherMs);
    },
    stop: () => clearTimeout(timer),
  };
}
