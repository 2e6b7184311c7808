import { type Json, type RejectedEvent } from './decoded-event.js';

const longestId = 255;

/** Collects the first fault of one event, by the field's path. */
export class FieldReader {
  fault: RejectedEvent | null = null;

  constructor(
    private readonly fields: Json,
    private readonly prefix = '',
  ) {}

  /** An identifier as text; null, "" and blanks mean absent. Numbers are taken as text. */
  id(name: string): string | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'number' && Number.isFinite(value)) return String(value);
    if (typeof value !== 'string') return this.fail(name, 'expected text');
    const id = value.trim();
    if (id.length > longestId) return this.fail(name, `expected at most ${longestId} characters`);
    return id === '' ? undefined : id;
  }

  /** An object; null, absent and an empty list (what PHP sends for an empty object) mean none. */
  object(name: string): Json | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null) return undefined;
    if (Array.isArray(value) && value.length === 0) return undefined;
    if (typeof value !== 'object' || Array.isArray(value)) return this.fail(name, 'expected an object');
    return value as Json;
  }

  /** Text that is optional and harmless: anything else than text counts as absent. */
  text(name: string): string | undefined {
    return textOf(this.fields[name]);
  }

  fail(name: string, reason: string): undefined {
    this.fault ??= { path: this.prefix + name, reason };
    return undefined;
  }
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

type Present<Fields> = { [Key in keyof Fields]: Exclude<Fields[Key], undefined> };

/** Leaves out the fields that are absent, so that stored events stay small. A copy: deleting would make objects slow. */
export function present<Fields extends object>(fields: Fields): Present<Fields> {
  const copy: Partial<Fields> = {};
  for (const key in fields) if (fields[key] !== undefined) copy[key] = fields[key];
  return copy as Present<Fields>;
}
