import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useRef, useState } from 'react';

const route = getRouteApi('/');

export interface Selection {
  id: string | null;
  select: (id: string | null) => void;
  /** Selects the neighbour: +1 is the next, -1 the one before. */
  step: (by: 1 | -1) => void;
}

/** Which lead is asked for: by the address, else on a wide screen the first one that was hottest when the page came. */
export function useSelection(wide: boolean, firstId: string | undefined): Pick<Selection, 'id' | 'select'> {
  const { lead } = route.useSearch();
  const navigate = route.useNavigate();
  const [first, setFirst] = useState<string | null>(null);
  useEffect(() => {
    if (wide && !lead && firstId) setFirst((chosen) => chosen ?? firstId);
  }, [wide, lead, firstId]);
  const select = useCallback(
    (id: string | null): void => {
      setFirst(wide ? id : null);
      void navigate({ search: (before) => ({ ...before, lead: id ?? undefined }), replace: wide || id === null });
    },
    [wide, navigate],
  );
  return { id: lead ?? (wide ? first : null), select };
}

/** Moves the selection among the rows shown; when the selected row has left, its successor takes its place. */
export function useSteps(
  ids: readonly string[],
  { id, select }: Pick<Selection, 'id' | 'select'>,
  wide: boolean,
): Selection['step'] {
  const place = useRef(-1);
  const now = id === null ? -1 : ids.indexOf(id);
  useEffect(() => {
    if (now >= 0) {
      place.current = now;
    } else if (id !== null && place.current >= 0) {
      const successor = ids[Math.min(place.current, ids.length - 1)] ?? null;
      place.current = -1;
      select(wide ? successor : null);
    }
  });
  return (by) => {
    const next = ids[now < 0 ? 0 : Math.min(ids.length - 1, Math.max(0, now + by))];
    if (next) select(next);
  };
}
