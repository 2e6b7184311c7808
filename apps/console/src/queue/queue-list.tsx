import { useVirtualizer } from '@tanstack/react-virtual';
import { type KeyboardEvent, memo, type RefObject, useEffect, useRef } from 'react';
import { ClockLine } from '../facts/clock-line.js';
import { ScoreMark } from '../facts/score-mark.js';
import { StageBadge } from '../facts/stage-badge.js';
import { inWords } from '../facts/stage-words.js';
import { useJustChanged } from '../live/changed-leads.js';
import { classes } from '../look/class-names.js';
import styles from './queue-list.module.css';
import type { QueueRow } from './use-steady-rows.js';

interface QueueListProps {
  rows: QueueRow[];
  selected: string | null;
  onSelect: (id: string) => void;
  onStep: (by: 1 | -1) => void;
  onHover: (id: string | null) => void;
  onEnd: () => void;
}

const rowHeight = 76;

/** The rows that are in sight, of however many there are. */
export function QueueList({ rows, selected, onSelect, onStep, onHover, onEnd }: QueueListProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualRows(rows, scroller, onEnd);
  const place = rows.findIndex(({ item }) => item.lead.id === selected);
  useEffect(() => {
    if (place >= 0) virtual.scrollToIndex(place, { align: 'auto' });
    // Only a new selection scrolls; a row that moves because others came must not.
  }, [selected]);
  return (
    <div
      ref={scroller}
      className={styles['list']}
      role="listbox"
      tabIndex={0}
      aria-label="Leads, hottest first"
      aria-activedescendant={place >= 0 ? `row-${selected}` : undefined}
      onKeyDown={stepByArrow(onStep)}
      onPointerLeave={() => onHover(null)}
    >
      <div style={{ height: virtual.getTotalSize() }} role="presentation" />
      {virtual.getVirtualItems().flatMap(({ index, start }) => {
        const row = rows[index];
        if (!row) return [];
        const { id } = row.item.lead;
        const where = { place: index + 1, of: rows.length, start };
        return <Row key={id} {...where} row={row} selected={id === selected} onSelect={onSelect} onHover={onHover} />;
      })}
    </div>
  );
}

function useVirtualRows(rows: QueueRow[], scroller: RefObject<HTMLDivElement | null>, onEnd: () => void) {
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 6,
    getItemKey: (index) => rows[index]?.item.lead.id ?? index,
  });
  const last = virtual.getVirtualItems().at(-1)?.index ?? 0;
  useEffect(() => {
    if (last >= rows.length - 10) onEnd();
  }, [last, rows.length, onEnd]);
  return virtual;
}

function stepByArrow(onStep: QueueListProps['onStep']): (event: KeyboardEvent) => void {
  return (event) => {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    onStep(event.key === 'ArrowDown' ? 1 : -1);
  };
}

interface RowProps extends Pick<QueueListProps, 'onSelect' | 'onHover'> {
  row: QueueRow;
  place: number;
  of: number;
  start: number;
  selected: boolean;
}

const Row = memo(function Row({ row, place, of, start, selected, onSelect, onHover }: RowProps) {
  const { lead, stage, cycle, scores, clock, reason } = row.item;
  const changed = useJustChanged(lead.id);
  return (
    <div
      id={`row-${lead.id}`}
      role="option"
      aria-selected={selected}
      aria-setsize={of}
      aria-posinset={place}
      className={classes(
        styles['row'],
        selected && styles['selected'],
        changed && styles['changed'],
        row.gone && styles['gone'],
      )}
      style={{ transform: `translateY(${start}px)` }}
      onClick={() => onSelect(lead.id)}
      onPointerEnter={({ pointerType }) => pointerType === 'mouse' && onHover(lead.id)}
    >
      <ScoreMark scores={scores} />
      <span className={styles['who']}>
        <strong>{lead.name ?? lead.email ?? 'Unnamed'}</strong>
        <span className={styles['company']}>
          {[lead.company, lead.persona === 'unknown' ? null : inWords(lead.persona)].filter(Boolean).join(' · ')}
        </span>
        <span className={styles['reason']}>{row.gone ? 'No longer in the queue' : reason}</span>
      </span>
      <span className={styles['state']}>
        <ClockLine clock={clock} />
        <StageBadge stage={stage} cycle={cycle} />
      </span>
    </div>
  );
});
