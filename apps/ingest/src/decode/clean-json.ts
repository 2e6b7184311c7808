/** Levels of nesting below the event itself. */
const deepest = 20;
/** Keys and list items of one event, all levels together. */
const most = 2000;
const forbidden = new Set(['__proto__', 'constructor', 'prototype']);

export type Cleaned =
  { readonly value: unknown } | { readonly fault: { readonly path: string; readonly reason: string } };

/**
 * Makes a parsed JSON value safe to keep: NUL characters are removed (PostgreSQL cannot store them) and half surrogates
 * replaced; nesting beyond 20 levels, more than 2,000 members and the keys `__proto__`, `constructor` and `prototype` are
 * faults. Answers the same object where nothing had to change.
 */
export function cleanJson(value: unknown): Cleaned {
  const walk = new Walk();
  const cleaned = walk.clean(value, 0);
  return walk.fault ? { fault: walk.fault } : { value: cleaned };
}

/** Text without what the database cannot store. */
export function cleanText(text: string): string {
  const stored = text.includes('\0') ? text.replaceAll('\0', '') : text;
  return stored.isWellFormed() ? stored : stored.toWellFormed();
}

class Walk {
  fault: { path: string; reason: string } | null = null;
  private readonly path: string[] = [];
  private members = 0;

  clean(value: unknown, depth: number): unknown {
    if (typeof value === 'string') return cleanText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth > deepest) return this.fail(`is nested deeper than ${deepest} levels`);
    return Array.isArray(value) ? this.cleanList(value, depth) : this.cleanObject(value, depth);
  }

  private cleanList(list: unknown[], depth: number): unknown {
    let copy: unknown[] | null = null;
    for (const [index, item] of list.entries()) {
      const cleaned = this.cleanMember(String(index), item, depth);
      if (this.fault) return undefined;
      if (cleaned !== item) (copy ??= list.slice())[index] = cleaned;
    }
    return copy ?? list;
  }

  private cleanObject(object: object, depth: number): unknown {
    let changed = false;
    const entries = Object.entries(object);
    for (const entry of entries) {
      const [key, item] = entry;
      if (forbidden.has(key)) return this.fail(`has the key ${key}, which is not allowed`);
      entry[0] = cleanText(key);
      entry[1] = this.cleanMember(key, item, depth);
      if (this.fault) return undefined;
      changed ||= entry[0] !== key || entry[1] !== item;
    }
    return changed ? Object.fromEntries(entries) : object;
  }

  private cleanMember(name: string, item: unknown, depth: number): unknown {
    this.members += 1;
    if (this.members > most) return this.fail(`has more than ${most} fields; send fewer`);
    if (typeof item !== 'string' && (typeof item !== 'object' || item === null)) return item;
    this.path.push(name);
    const cleaned = this.clean(item, depth + 1);
    this.path.pop();
    return cleaned;
  }

  private fail(reason: string): undefined {
    this.fault ??= { path: this.path.join('.').slice(0, 200), reason };
    return undefined;
  }
}
