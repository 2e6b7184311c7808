import { areaY, dot, lineY, plot, ruleY, text } from '@observablehq/plot';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { historyQuery } from '../api/queries.js';
import type { Scores, TimelineItem } from '../api/types.js';
import { day } from '../time/words.js';
import styles from './score-panel.module.css';

interface Point {
  at: Date;
  total: number;
}

/** The total over time, from zero, labelled on the line. Drawn when there are at least two moments to join. */
export function ScoreChart({ id, now }: { id: string; now: Scores }) {
  const { data } = useQuery(historyQuery(id, 'score'));
  const history = useMemo(() => totals(data?.items ?? [], now), [data, now]);
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (history.length < 2 || !place.current) return;
    place.current.replaceChildren(draw(history, place.current.clientWidth));
  }, [history]);
  const [first, last] = [history[0], history.at(-1)];
  if (!first || !last || history.length < 2) return null;
  const words = `Total score from ${Math.round(first.total)} on ${day(first.at.getTime())} to ${Math.round(last.total)} now, in ${history.length} changes.`;
  return (
    <figure className={styles['chart']} role="img" aria-label={words}>
      <div ref={place} aria-hidden="true" />
    </figure>
  );
}

function totals(items: readonly TimelineItem[], now: Scores): Point[] {
  const earlier = items.flatMap(({ at, data }) => {
    const scores = data?.['scores'] as Partial<Scores> | undefined;
    return typeof scores?.total === 'number' ? [{ at: new Date(at), total: scores.total }] : [];
  });
  return [...earlier.reverse(), { at: new Date(now.asOf), total: now.total }].filter(
    (point, index, all) => index === 0 || point.at > (all[index - 1]?.at ?? 0),
  );
}

function draw(history: Point[], width: number): Element {
  const last = history.slice(-1);
  const line = { x: 'at', y: 'total', curve: 'step-after' as const };
  return plot({
    width,
    height: 104,
    marginTop: 18,
    marginRight: 34,
    marginBottom: 30,
    marginLeft: 8,
    style: { background: 'none', color: 'var(--muted)', fontSize: '11px', fontFamily: 'inherit' },
    x: { label: null, ticks: 3, tickSize: 0 },
    y: { axis: null, domain: [0, Math.max(10, ...history.map(({ total }) => total))] },
    marks: [
      ruleY([0], { stroke: 'var(--line)' }),
      areaY(history, { ...line, fill: 'var(--accent)', fillOpacity: 0.1 }),
      lineY(history, { ...line, stroke: 'var(--accent)', strokeWidth: 1.75 }),
      dot(last, { x: 'at', y: 'total', r: 3.5, fill: 'var(--accent)' }),
      text(last, {
        x: 'at',
        y: 'total',
        text: ({ total }: Point) => String(Math.round(total)),
        dx: 9,
        textAnchor: 'start',
        fill: 'var(--text)',
        fontWeight: 600,
        fontSize: 12,
      }),
    ],
  });
}
