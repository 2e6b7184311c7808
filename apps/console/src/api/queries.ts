import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { read } from './client.js';
import type {
  Explanation,
  Funnel,
  Lead,
  LeadSummary,
  List,
  Playbook,
  QueueItem,
  Roster,
  Session,
  SpeedToLead,
  Start,
  TimelineItem,
  TimelineKind,
} from './types.js';

/** Everything the console reads, with the key under which it is kept; a live change invalidates by the first words of the key. */

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => read<Session>('/api/session', signal),
  staleTime: 300_000,
});

export const queueQuery = (owner: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['queue', owner ?? 'everyone'],
    queryFn: ({ pageParam, signal }) =>
      read<List<QueueItem>>(`/api/queue${query({ owner, cursor: pageParam })}`, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const leadQuery = (id: string) =>
  queryOptions({ queryKey: ['lead', id], queryFn: ({ signal }) => read<Lead>(`/api/leads/${id}`, signal) });

export const explanationQuery = (id: string) =>
  queryOptions({
    queryKey: ['lead', id, 'explanation'],
    queryFn: ({ signal }) => read<Explanation>(`/api/leads/${id}/explanation`, signal),
  });

export const timelineQuery = (id: string, kinds: readonly TimelineKind[]) =>
  infiniteQueryOptions({
    queryKey: ['lead', id, 'timeline', kinds],
    queryFn: ({ pageParam, signal }) =>
      read<List<TimelineItem>>(`/api/leads/${id}/timeline${query({ kind: kinds.join(), cursor: pageParam })}`, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

/** The newest 200 items of one kind: enough to say how a lead came to where it is. */
export const historyQuery = (id: string, kind: TimelineKind) =>
  queryOptions({
    queryKey: ['lead', id, 'history', kind],
    queryFn: ({ signal }) =>
      read<List<TimelineItem>>(`/api/leads/${id}/timeline${query({ kind, limit: '200' })}`, signal),
  });

export const leadSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ['leads', q],
    queryFn: ({ signal }) => read<List<LeadSummary>>(`/api/leads${query({ q, limit: '8' })}`, signal),
    staleTime: 10_000,
  });

export const playbookQuery = queryOptions({
  queryKey: ['playbook'],
  queryFn: ({ signal }) => read<Playbook>('/api/playbook', signal),
  staleTime: 60_000,
});

export const rosterQuery = queryOptions({
  queryKey: ['roster'],
  queryFn: ({ signal }) => read<Roster>('/api/roster', signal),
  staleTime: 60_000,
});

export interface FunnelView {
  from?: string | undefined;
  to?: string | undefined;
  by?: string | undefined;
}

export const funnelQuery = (view: FunnelView) =>
  queryOptions({
    queryKey: ['reports', 'funnel', view],
    queryFn: ({ signal }) => read<Funnel>(`/api/reports/funnel${query({ ...view })}`, signal),
    placeholderData: (previous) => previous,
  });

export const speedToLeadQuery = (view: Omit<FunnelView, 'by'>) =>
  queryOptions({
    queryKey: ['reports', 'speed-to-lead', view],
    queryFn: ({ signal }) => read<SpeedToLead>(`/api/reports/speed-to-lead${query({ ...view })}`, signal),
    placeholderData: (previous) => previous,
  });

export const startQuery = queryOptions({
  queryKey: ['start'],
  queryFn: ({ signal }) => read<Start>('/api/start', signal),
  refetchInterval: 3_000,
});

function query(parameters: Record<string, string | undefined>): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return given.length > 0 ? `?${new URLSearchParams(given).toString()}` : '';
}
