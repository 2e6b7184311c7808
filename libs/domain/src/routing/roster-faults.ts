import { parseDay } from '../hours/calendar-hours.js';

/** One thing that is wrong with a roster: where (JSON pointer), and what is expected there. */
export interface RosterFault {
  readonly path: string;
  readonly message: string;
}

export type Unchecked = Readonly<Record<string, unknown>>;

/** Where in the document a check stands, and where it reports to. */
export interface Place {
  readonly faults: Faults;
  readonly path: string;
}

export function isRecord(value: unknown): value is Unchecked {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Collects the faults of one document; each check adds what it finds and goes on. Of one place only the first is kept. */
export class Faults {
  private readonly collected: RosterFault[] = [];

  get found(): readonly RosterFault[] {
    return this.collected;
  }

  add(path: string, message: string): void {
    if (!this.collected.some((fault) => fault.path === path)) this.collected.push({ path, message });
  }

  /** The record at `path` when it is one; says which keys are missing and which are unknown. */
  record(
    path: string,
    value: unknown,
    keys: { required: readonly string[]; optional: readonly string[] },
  ): Unchecked | null {
    if (!isRecord(value)) {
      this.add(path, `expected a map with ${keys.required.join(', ')}`);
      return null;
    }
    const allowed = [...keys.required, ...keys.optional];
    const at = (key: string): string => `${path}/${key}`;
    for (const key of keys.required) if (value[key] === undefined) this.add(at(key), 'is missing');
    for (const key of Object.keys(value)) {
      if (!allowed.includes(key)) this.add(at(key), `unknown key; allowed are ${allowed.join(', ')}`);
    }
    return value;
  }

  list(path: string, value: unknown): readonly unknown[] | null {
    if (Array.isArray(value)) return value;
    this.add(path, 'expected a list');
    return null;
  }

  id(path: string, value: unknown): void {
    if (typeof value === 'string' && /^[a-z0-9-]{1,60}$/.test(value)) return;
    this.add(path, `"${String(value)}" is no id; expected lower-case letters, digits and hyphens, at most 60`);
  }

  text(path: string, value: unknown): void {
    if (typeof value !== 'string' || value.trim() === '') this.add(path, 'expected a text');
  }

  texts(path: string, value: unknown): void {
    for (const [index, item] of (this.list(path, value) ?? []).entries()) this.text(`${path}/${index}`, item);
  }

  /** Days since 1970-01-01. */
  date(path: string, value: unknown): number | null {
    const day = parseDay(String(value));
    if (day === null) this.add(path, `"${String(value)}" is no date; expected one like 2026-12-21`);
    return day;
  }

  uniqueIds(path: string, items: readonly unknown[] | null): void {
    const seen = new Set<unknown>();
    for (const [index, item] of (items ?? []).entries()) {
      if (!isRecord(item) || item['id'] === undefined) continue;
      if (seen.has(item['id'])) this.add(`${path}/${index}/id`, `"${String(item['id'])}" is used twice`);
      seen.add(item['id']);
    }
  }
}
