/** What differs between two plain JSON objects: values that are others, and objects of which only a part is another. */
export interface Changes {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly within?: Readonly<Record<string, Changes>>;
}

type Json = Readonly<Record<string, unknown>>;

/** Deeper than this an object that differs is written whole. */
const deepest = 3;

/**
 * What makes `base` into `state`; undefined when nothing does. Parts that are the same object count as unchanged without
 * being looked at, so states that share what they have in common cost little. Null: a name is gone, which changes cannot say.
 */
export function changesBetween(base: object, state: object): Changes | undefined | null {
  return jsonChanges(base as Json, state as Json, 1);
}

function jsonChanges(base: Json, state: Json, depth: number): Changes | undefined | null {
  const set: [string, unknown][] = [];
  const within: [string, Changes][] = [];
  let known = 0;
  // Plain loops: they run for every fact, and lists of names and values would cost more than writing the state whole.
  for (const name in state) {
    const value = state[name];
    if (value === undefined) continue;
    const before = base[name];
    const isKnown = before !== undefined && (before === value || Object.hasOwn(base, name));
    if (isKnown) known += 1;
    if (before === value) continue;
    const inner = isKnown && depth < deepest ? partChanges(before, value, depth + 1) : null;
    if (inner === null) set.push([name, value]);
    else if (inner !== undefined) within.push([name, inner]);
  }
  for (const name in base) if (base[name] !== undefined) known -= 1;
  if (known < 0) return null;
  return set.length + within.length === 0 ? undefined : changesOf(set, within);
}

function partChanges(before: unknown, value: unknown, depth: number): Changes | undefined | null {
  return isPlain(before) && isPlain(value) ? jsonChanges(before, value, depth) : null;
}

function changesOf(set: [string, unknown][], within: [string, Changes][]): Changes {
  // `fromEntries` takes every name for a name, `__proto__` among them.
  if (within.length === 0) return { set: Object.fromEntries(set) };
  if (set.length === 0) return { within: Object.fromEntries(within) };
  return { set: Object.fromEntries(set), within: Object.fromEntries(within) };
}

/** The state that `changesBetween` was told of; what did not change is shared with `base`. */
export function withChanges<State extends object>(base: State, { set = {}, within = {} }: Changes): State {
  const known = base as Record<string, object>;
  const parts = Object.entries(within).map(([name, changes]) => [name, withChanges(known[name]!, changes)]);
  return { ...base, ...set, ...(Object.fromEntries(parts) as object) };
}

function isPlain(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
