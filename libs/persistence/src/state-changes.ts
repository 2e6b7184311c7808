/** What differs between two plain JSON objects: values that are others, objects and lists of which only a part is another. */
export interface Changes {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly within?: Readonly<Record<string, Changes>>;
  readonly lists?: Readonly<Record<string, ListChange>>;
}

/** The elements of the list before from `from` to before `to`, and then `add`. */
export interface ListChange {
  readonly from: number;
  readonly to: number;
  readonly add: readonly unknown[];
}

type Json = Readonly<Record<string, unknown>>;

/** Deeper than this an object that differs is written whole. */
const deepest = 4;

/**
 * What makes `base` into `state`; undefined when nothing does. Parts that are the same object count as unchanged without
 * being looked at, so states that share what they have in common cost little. Null: a name is gone, which changes cannot say.
 */
export function changesBetween(base: object, state: object): Changes | undefined | null {
  return jsonChanges(base as Json, state as Json, 1);
}

function jsonChanges(base: Json, state: Json, depth: number): Changes | undefined | null {
  const found = new FoundChanges();
  let known = 0;
  // Plain loops: they run for every fact, and lists of names and values would cost more than writing the state whole.
  for (const name in state) {
    const value = state[name];
    if (value === undefined) continue;
    const before = base[name];
    const isKnown = before !== undefined && (before === value || Object.hasOwn(base, name));
    if (isKnown) known += 1;
    if (before === value) continue;
    if (!isKnown) found.set(name, value);
    else if (Array.isArray(before) && Array.isArray(value)) found.list(name, before, value);
    else found.part(name, value, depth < deepest ? partChanges(before, value, depth + 1) : null);
  }
  for (const name in base) if (base[name] !== undefined) known -= 1;
  return known < 0 ? null : found.changes();
}

/** `fromEntries` takes every name for a name, `__proto__` among them. */
class FoundChanges {
  private sets: [string, unknown][] | undefined;
  private parts: [string, Changes][] | undefined;
  private lists: [string, ListChange][] | undefined;

  set(name: string, value: unknown): void {
    (this.sets ??= []).push([name, value]);
  }

  part(name: string, value: unknown, changes: Changes | undefined | null): void {
    if (changes === null) this.set(name, value);
    else if (changes !== undefined) (this.parts ??= []).push([name, changes]);
  }

  list(name: string, before: readonly unknown[], value: readonly unknown[]): void {
    const change = listChange(before, value);
    if (change === null) this.set(name, value);
    else if (change !== undefined) (this.lists ??= []).push([name, change]);
  }

  changes(): Changes | undefined {
    const { sets, parts, lists } = this;
    if (!sets && !parts && !lists) return undefined;
    return {
      ...(sets && { set: Object.fromEntries(sets) }),
      ...(parts && { within: Object.fromEntries(parts) }),
      ...(lists && { lists: Object.fromEntries(lists) }),
    };
  }
}

/** A list that grows at its end and is cut at its begin keeps what is between; null: nothing of it is kept. */
function listChange(before: readonly unknown[], value: readonly unknown[]): ListChange | undefined | null {
  if (value.length === 0) return before.length === 0 ? undefined : null;
  const from = before.indexOf(value[0]);
  if (from < 0) return null;
  let to = from;
  while (to < before.length && to - from < value.length && before[to] === value[to - from]) to += 1;
  const isSame = from === 0 && to === before.length && to === value.length;
  return isSame ? undefined : { from, to, add: value.slice(to - from) };
}

function partChanges(before: unknown, value: unknown, depth: number): Changes | undefined | null {
  return isPlain(before) && isPlain(value) ? jsonChanges(before, value, depth) : null;
}

/** The state that `changesBetween` was told of; what did not change is shared with `base`. */
export function withChanges<State extends object>(base: State, { set = {}, within = {}, lists = {} }: Changes): State {
  const known = base as Record<string, object>;
  const parts = Object.entries(within).map(([name, changes]) => [name, withChanges(known[name]!, changes)]);
  const grown = Object.entries(lists).map(([name, { from, to, add }]) => [
    name,
    [...(known[name] as unknown[]).slice(from, to), ...add],
  ]);
  return { ...base, ...set, ...(Object.fromEntries(parts) as object), ...(Object.fromEntries(grown) as object) };
}

function isPlain(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
