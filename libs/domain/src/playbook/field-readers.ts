import { isMap, isScalar, isSeq, type Node } from 'yaml';
import { didYouMean } from '../conditions/suggest-name.js';
import { joinPath, keyName, type YamlSource } from './yaml-source.js';

/** Where a value stands: its node (aliases followed), its offset in the file, its path in the document. */
export interface Spot {
  readonly node: Node | null;
  readonly offset: number;
  readonly path: string;
}

export interface Located<T> {
  readonly value: T;
  readonly spot: Spot;
}

/** Reads a value, or notes what is wrong with it and answers undefined. */
export type Reader<T> = (spot: Spot, source: YamlSource) => T | undefined;

export interface Field<T> {
  readonly read: Reader<T>;
  readonly required: boolean;
}

/** What an object of these fields reads as: anything may be missing, because reading goes on after a fault. */
export type FieldsOf<S extends Record<string, Field<unknown>>> = {
  readonly [K in keyof S]: S[K] extends Field<infer T> ? T | undefined : never;
} & { readonly spot: Spot };

export type ReadOf<R> = R extends Reader<infer T> ? T : never;

export function required<T>(read: Reader<T>): Field<T> {
  return { read, required: true };
}

export function optional<T>(read: Reader<T>): Field<T> {
  return { read, required: false };
}

/** The document itself. */
export function rootSpot(source: YamlSource): Spot {
  return { node: source.root, offset: source.root?.range?.[0] ?? 0, path: '' };
}

/** A map with these keys and no others. */
export function object<S extends Record<string, Field<unknown>>>(shape: S): Reader<FieldsOf<S>> {
  return (spot, source) => {
    const entries = entriesOf(spot, source);
    if (entries === undefined) return undefined;
    const values: Record<string, unknown> = { spot };
    for (const { key, value } of entries) {
      const field = Object.hasOwn(shape, key.value) ? shape[key.value] : undefined;
      if (field !== undefined) values[key.value] = field.read(value, source);
      else refuseKey(key, Object.keys(shape), source);
    }
    for (const [name, field] of Object.entries(shape)) {
      const given = entries.some(({ key }) => key.value === name);
      if (field.required && !given) source.report({ ...spot, path: joinPath(spot.path, name) }, `"${name}" is missing`);
    }
    return values as FieldsOf<S>;
  };
}

/** A map whose keys are names of the writer's own choice. */
export function mapOf<T>(read: Reader<T>): Reader<readonly { key: Located<string>; value: T | undefined }[]> {
  return (spot, source) => entriesOf(spot, source)?.map(({ key, value }) => ({ key, value: read(value, source) }));
}

export function listOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (spot, source) => {
    if (!isSeq(spot.node)) return refuse(spot, source, `"${lastKey(spot)}" must be a list`);
    const items = spot.node.items.map((item, index) =>
      read(spotOf(item as Node | null, `${spot.path}[${index}]`, { source, fallback: spot.offset }), source),
    );
    return items.filter((item) => item !== undefined);
  };
}

/** One value, or a list of at least one. */
export function oneOrMore<T>(read: Reader<T>): Reader<readonly T[]> {
  return (spot, source) => {
    if (isSeq(spot.node)) return someOf(read)(spot, source);
    const value = read(spot, source);
    return value === undefined ? undefined : [value];
  };
}

/** A list with at least one item. */
export function someOf<T>(read: Reader<T>): Reader<readonly T[]> {
  return (spot, source) => {
    if (isSeq(spot.node) && spot.node.items.length === 0)
      return refuse(spot, source, `"${lastKey(spot)}" must name at least one`);
    return listOf(read)(spot, source);
  };
}

/** The value with its place, for faults that are found later. */
export function located<T>(read: Reader<T>): Reader<Located<T>> {
  return (spot, source) => {
    const value = read(spot, source);
    return value === undefined ? undefined : { value, spot };
  };
}

/** Any plain data: texts, numbers, yes-no, lists and maps. */
export function plainMap(): Reader<Readonly<Record<string, unknown>>> {
  return (spot, source) => {
    if (!isMap(spot.node)) return refuse(spot, source, `"${lastKey(spot)}" must be a map`);
    return toPlain(spot.node, source) as Record<string, unknown>;
  };
}

/** Notes a fault and answers undefined. */
export function refuse(spot: Spot, source: YamlSource, message: string): undefined {
  source.report(spot, message);
  return undefined;
}

/** The key or index that a path ends with. */
export function lastKey({ path }: Spot): string {
  return path.split('.').at(-1) || 'the file';
}

/** The entries of a map, or undefined (with a fault) for anything else. */
export function entriesOf(
  spot: Spot,
  source: YamlSource,
): readonly { readonly key: Located<string>; readonly value: Spot }[] | undefined {
  if (!isMap(spot.node)) return refuse(spot, source, `"${lastKey(spot)}" must be a map of keys and values`);
  return (spot.node.items as { key: Node | null; value: Node | null }[]).flatMap(({ key, value }) => {
    const name = keyName(key);
    if (name === null) return [];
    const path = joinPath(spot.path, name);
    const offset = key?.range?.[0] ?? spot.offset;
    return [
      {
        key: { value: name, spot: { node: key, offset, path } },
        value: spotOf(value, path, { source, fallback: offset }),
      },
    ];
  });
}

function spotOf(node: Node | null, path: string, { source, fallback }: { source: YamlSource; fallback: number }): Spot {
  const resolved = source.resolve(node);
  return { node: resolved, offset: resolved?.range?.[0] ?? node?.range?.[0] ?? fallback, path };
}

function refuseKey({ value, spot }: Located<string>, known: readonly string[], source: YamlSource): void {
  const meant = didYouMean(value, known) || `; known keys are ${known.join(', ')}`;
  refuse(spot, source, `"${value}" is not a key here${meant}`);
}

function toPlain(node: Node | null, source: YamlSource): unknown {
  const resolved = source.resolve(node);
  if (isScalar(resolved)) return resolved.value;
  if (isSeq(resolved)) return resolved.items.map((item) => toPlain(item as Node | null, source));
  if (!isMap(resolved)) return null;
  return Object.fromEntries(
    (resolved.items as { key: Node | null; value: Node | null }[]).flatMap(({ key, value }) => {
      const name = keyName(key);
      return name === null ? [] : [[name, toPlain(value, source)]];
    }),
  );
}
