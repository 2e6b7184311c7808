import { DateTime } from 'luxon';
import { createHash } from 'node:crypto';
import type { Row, RowExpression } from './expression.js';
import type { Emission, Mapping, MappingEntry } from './mapping.js';

/** One item of `POST /v1/import`. */
export type ImportItem = Readonly<Record<string, unknown>> & { readonly messageId: string; readonly timestamp: string };

/** Which entries of the mapping a row matches, whose it is and when it happened. */
export interface MatchedRow {
  readonly person: string;
  readonly at: number;
  readonly entries: readonly MappingEntry[];
}

/** Matches a row; null when no entry wants it. Throws an Error in plain words when person or time cannot be read. */
export function matchRow(mapping: Mapping, row: Row): MatchedRow | null {
  const entries = mapping.entries.filter(({ when }) => when === null || when.evaluate(row) === true);
  if (entries.length === 0) return null;
  const person = String(mapping.person.evaluate(row) ?? '').trim();
  if (person === '') throw new Error(`person (${mapping.person.text}) is empty`);
  return { person, at: readTime(mapping, row), entries };
}

/** What a matched row becomes; ids come from the content, so a second import of the same row is the same item. */
export function rowItems(mapping: Mapping, row: Row, { person, at, entries }: MatchedRow): ImportItem[] {
  const content = JSON.stringify(row);
  const timestamp = new Date(at).toISOString();
  return entries.map((entry) => ({
    ...emitted(entry.emit, row),
    messageId: createHash('sha256').update(`${mapping.source}\n${entry.index}\n${content}`).digest('base64url'),
    userId: person,
    timestamp,
    historic: true,
  }));
}

function readTime(mapping: Mapping, row: Row): number {
  const text = String(mapping.at.evaluate(row) ?? '');
  const time = DateTime.fromISO(text.trim().replace(' ', 'T'), { zone: mapping.timezone });
  if (!time.isValid)
    throw new Error(`time "${text}" is not a date and time such as 2026-03-01T09:30:00 (with or without an offset)`);
  return time.toMillis();
}

function emitted(emission: Emission, row: Row): Record<string, unknown> {
  switch (emission.kind) {
    case 'identify':
      return { type: 'identify', traits: values(emission.traits, row) };
    case 'group': {
      const { groupId, ...traits } = values(emission.traits, row);
      return { type: 'group', groupId: groupId ?? traits.domain ?? traits.name, traits };
    }
    case 'track':
      return { type: 'track', event: emission.name, properties: values(emission.properties, row) };
    case 'page':
      return { type: 'page', properties: { path: emission.path, ...values(emission.properties, row) } };
    case 'stage':
      return {
        type: 'stage',
        stage: emission.stage,
        ...given('owner', emission.owner, row),
        ...given('reason', emission.reason, row),
      };
    case 'activity':
      return { type: 'activity', activity: { direction: 'outbound', ...values(emission.fields, row) } };
    case 'outcome':
      return { type: 'outcome', outcome: emission.outcome, ...values(emission.fields, row) };
  }
}

function values(expressions: Readonly<Record<string, RowExpression>>, row: Row): Record<string, unknown> {
  const read = Object.entries(expressions).map(([name, expression]) => [name, expression.evaluate(row)] as const);
  return Object.fromEntries(read.filter(([, value]) => value !== undefined && value !== null && value !== ''));
}

function given(name: string, expression: RowExpression | null, row: Row): Record<string, unknown> {
  const value = expression?.evaluate(row);
  return value === undefined || value === '' ? {} : { [name]: value };
}
