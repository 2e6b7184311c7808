import { useMemo, useRef } from 'react';
import { wasHandled } from '../actions/handled-leads.js';
import type { QueueItem } from '../api/types.js';
import { holdInPlace } from './hold-in-place.js';

/** A row as it is shown; `gone` when it left the queue while somebody was on it. */
export interface QueueRow {
  item: QueueItem;
  gone: boolean;
}

interface Hands {
  hovered: string | null;
  selected: string | null;
  /** What was asked for; another question is answered anew, with nothing held. */
  question: string;
}

interface Shown {
  question: string;
  rows: QueueRow[];
  items: readonly QueueItem[];
  /** The rows stand in the order of the items: whoever moves among them changes nothing. */
  settled: boolean;
}

/** The rows in the server's order, without moving those under the pointer or the selection. */
export function useSteadyRows(items: readonly QueueItem[], { hovered, selected, question }: Hands): QueueRow[] {
  const shown = useRef<Shown>({ question, rows: [], items: [], settled: false });
  return useMemo(() => {
    const current = new Map(items.map((item) => [item.lead.id, item]));
    const same = shown.current.question === question;
    if (same && shown.current.items === items && shown.current.settled) return shown.current.rows;
    const before = new Map((same ? shown.current.rows : []).map(({ item }) => [item.lead.id, item]));
    const held = new Set(
      [hovered, selected].filter((id): id is string => id !== null && (current.has(id) || !wasHandled(id))),
    );
    const order = holdInPlace([...before.keys()], [...current.keys()], held);
    const rows = order.flatMap((id) => {
      const item = current.get(id) ?? before.get(id);
      return item ? [{ item, gone: !current.has(id) }] : [];
    });
    const settled = rows.length === items.length && rows.every(({ item }, place) => item === items[place]);
    shown.current = { question, rows, items, settled };
    return rows;
  }, [items, hovered, selected, question]);
}
