import type { TimelineItem } from '../api/types.js';
import { spoken } from '../facts/handoff-facts.js';
import { inWords } from '../facts/stage-words.js';
import { exact } from '../time/words.js';

type Data = Record<string, unknown>;
type Names = ReadonlyMap<string, string>;

/** The second line of a timeline entry: by whom, by which rule and version, with what note; from the data of its fact. */
export function timelineDetail({ kind, title, data }: TimelineItem, names: Names): string | null {
  if (!data) return null;
  const parts = details[kind]?.(data, names) ?? [];
  return parts.filter((part) => part && !title.includes(part)).join(' · ') || null;
}

type Details = (data: Data, names: Names) => (string | null)[];

const details: Partial<Record<TimelineItem['kind'], Details>> = {
  stage: (data, names) => [
    actor(data['actor'], names),
    rule(data['via']),
    playbook(data['playbook']),
    text(data['note']),
  ],
  assignment: (data, names) => [owner(data['owner'], names), decision(data['decision']), actorId(data['actor'], names)],
  score: (data) => list(data['reasons']).map(scoreReason),
  touch: (data, names) => [actorId(data['by'] ?? data['rep'], names), text(data['note'])],
  attempt: (data, names) => [actorId(data['by'] ?? data['rep'], names), text(data['note'])],
  clock: (data) => [time('due', data['dueAt'])],
  event: (data) => [text(data['path']), campaign(data['campaign'])],
  signal: (data) => [
    text(data['intent']) && `${String(data['intent'])} intent`,
    text(data['offer']),
    text(data['topic']),
  ],
  answer: (data) =>
    Object.entries(record(data['answers'])).map(([question, answer]) => `${inWords(question)}: ${spoken(answer)}`),
};

function actor(value: unknown, names: Names): string | null {
  const { kind, id } = record(value);
  if (typeof id === 'string') return `by ${names.get(`rep:${id}`) ?? id}`;
  return kind === 'system' ? 'by the playbook' : typeof kind === 'string' ? `by ${kind}` : null;
}

function actorId(value: unknown, names: Names): string | null {
  if (typeof value !== 'string') return null;
  const id = value.replace(/^rep:/, '');
  return `by ${names.get(`rep:${id}`) ?? id}`;
}

function owner(value: unknown, names: Names): string | null {
  const { rep, team } = record(value);
  return typeof rep === 'string'
    ? (names.get(`rep:${rep}`) ?? rep)
    : typeof team === 'string'
      ? (names.get(`team:${team}`) ?? team)
      : null;
}

function decision(value: unknown): string | null {
  const { by, rule: chosen, note } = record(value);
  const how = typeof chosen === 'string' ? `rule ${chosen}` : typeof by === 'string' ? inWords(by).toLowerCase() : null;
  return [how, text(note)].filter(Boolean).join(', ') || null;
}

function scoreReason(value: unknown): string | null {
  const { rule: id, points } = record(value);
  if (typeof id !== 'string' || typeof points !== 'number') return null;
  return `${inWords(id)} ${points < 0 ? '−' : '+'}${Math.abs(Math.round(points * 100) / 100)}`;
}

function rule(via: unknown): string | null {
  return typeof via === 'string' ? `rule ${via}` : null;
}

function playbook(value: unknown): string | null {
  const { name, version } = record(value);
  return typeof name === 'string' ? `${name} version ${String(version)}` : null;
}

function campaign(value: unknown): string | null {
  const { name } = record(value);
  return typeof name === 'string' ? `campaign ${name}` : null;
}

function time(word: string, value: unknown): string | null {
  return typeof value === 'string' ? `${word} ${exact(Date.parse(value))}` : null;
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function record(value: unknown): Data {
  return typeof value === 'object' && value !== null ? (value as Data) : {};
}
