import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { rosterQuery } from '../api/queries.js';

/** The names of the people and teams, by `rep:ID` and `team:ID`. */
export function useOwnerNames(): Map<string, string> {
  const { data } = useQuery(rosterQuery);
  return useMemo(() => {
    const reps = data?.reps.map(({ id, name }) => [`rep:${id}`, name] as const) ?? [];
    const teams = data?.teams.map(({ id, name }) => [`team:${id}`, `${name ?? id} team`] as const) ?? [];
    return new Map([...reps, ...teams]);
  }, [data]);
}
