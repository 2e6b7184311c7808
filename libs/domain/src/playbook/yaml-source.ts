import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type YAMLMap,
} from 'yaml';
import type { Fault } from './definition.js';

/** A parsed file with what is needed to say where something stands in it. */
export interface YamlSource {
  readonly text: string;
  readonly root: Node | null;
  /** Follows an alias to the node that its anchor marks. */
  resolve(node: Node | null): Node | null;
  /** Notes a fault at an offset of the text. */
  report(at: { readonly offset: number; readonly path: string }, message: string): void;
  readonly faults: Fault[];
}

const mostBytes = 1024 * 1024;
const deepest = 40;
const coreTags = ['map', 'seq', 'str', 'null', 'bool', 'int', 'float'].map((name) => `tag:yaml.org,2002:${name}`);

/**
 * Parses one YAML document of the core schema within the limits: one MiB of text, one MiB after anchors are expanded,
 * no other tags, each key once. With faults, `root` is null where reading on would only repeat them.
 */
export function parseYaml(text: string): YamlSource {
  const lines = new LineCounter();
  const faults: Fault[] = [];
  const report: YamlSource['report'] = ({ offset, path }, message) => {
    const { line, col } = lines.linePos(offset);
    faults.push({ line: Math.max(line, 1), column: Math.max(col, 1), path, message });
  };
  const targets = new Map<Alias, Node>();
  const resolve = (node: Node | null) => (isAlias(node) ? (targets.get(node) ?? null) : node);
  const source = { text, faults, report, resolve };
  if (new TextEncoder().encode(text).length > mostBytes) {
    report({ offset: 0, path: '' }, 'the file is larger than 1 MiB; a playbook is read by people, so keep it short');
    return { ...source, root: null };
  }
  const document = parse(text, lines, report);
  if (document === null || faults.length > 0) return { ...source, root: null };
  if (document.contents === null) {
    report({ offset: 0, path: '' }, 'the file is empty; start with apiVersion: baton/v1 and kind: Playbook');
    return { ...source, root: null };
  }
  const expanded = walk(
    document.contents,
    { path: '', depth: 0 },
    { text, report, targets, anchors: new Map(), sizes: new Map() },
  );
  const tooLarge = expanded > mostBytes && targets.size > 0;
  if (tooLarge) {
    report(
      { offset: [...targets.keys()][0]!.range![0], path: '' },
      'the anchors of this file expand to more than 1 MiB; write it without them',
    );
  }
  const readable = !tooLarge && !faults.some((fault) => fault.message === tooDeep);
  return { ...source, root: readable ? document.contents : null };
}

const tooDeep = `this is nested more than ${deepest} levels deep`;

function parse(text: string, lines: LineCounter, report: YamlSource['report']): Document.Parsed | null {
  const document = parseOrNull(text, lines);
  if (document === null) {
    report({ offset: 0, path: '' }, tooDeep);
    return null;
  }
  for (const error of document.errors) {
    const isTag = error.code === 'TAG_RESOLVE_FAILED';
    report(
      { offset: error.pos[0], path: pathAt(document.contents, error.pos[0]) },
      isTag ? tagMessage(text.slice(error.pos[0])) : plain(error.message),
    );
  }
  return document;
}

/** Null where brackets are nested so deeply that the parser runs out of stack. */
function parseOrNull(text: string, lines: LineCounter): Document.Parsed | null {
  try {
    return parseDocument(text, {
      version: '1.2',
      schema: 'core',
      prettyErrors: false,
      uniqueKeys: false,
      lineCounter: lines,
      logLevel: 'error',
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function plain(message: string): string {
  if (/call stack/.test(message)) return tooDeep;
  if (/multiple documents/.test(message)) return 'one file holds one playbook; remove the second document (---)';
  return `this is not YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
}

function tagMessage(at: string): string {
  return `the tag ${at.split(/[\s,\]}]/, 1)[0]} is not allowed; write plain texts, numbers, lists and maps`;
}

interface Walk {
  readonly text: string;
  readonly report: YamlSource['report'];
  readonly targets: Map<Alias, Node>;
  /** The latest node of each anchor name, as in YAML. */
  readonly anchors: Map<string, Node>;
  /** Characters of each finished anchored node with all aliases in it expanded. */
  readonly sizes: Map<Node, number>;
}

/** Checks tags, keys, depth and aliases below a node, and answers its size with aliases expanded. */
function walk(node: Node | null, at: { path: string; depth: number }, walking: Walk): number {
  if (node === null) return 1;
  const offset = node.range?.[0] ?? 0;
  if (isAlias(node)) return walkAlias(node, { offset, path: at.path }, walking);
  if (node.tag !== undefined && !coreTags.includes(node.tag)) refuseTag(offset, at.path, walking);
  if (node.anchor !== undefined) walking.anchors.set(node.anchor, node);
  if (at.depth > deepest) {
    walking.report({ offset, path: at.path }, tooDeep);
    return 1;
  }
  const size = sizeOf(node, at, walking);
  if (node.anchor !== undefined) walking.sizes.set(node, size);
  return size;
}

/** The tag stands before its value, an anchor maybe between them. */
function refuseTag(offset: number, path: string, { text, report }: Walk): void {
  const before = text.slice(Math.max(0, offset - 200), offset);
  const tag = /!\S*\s+(?:&\S+\s+)?$/.exec(before)?.[0] ?? '';
  report({ offset: offset - tag.length, path }, tagMessage(tag));
}

function sizeOf(node: Node, at: { path: string; depth: number }, walking: Walk): number {
  if (isMap(node)) return walkMap(node, at, walking);
  if (!isSeq(node)) return isScalar(node) ? String(node.source ?? node.value).length + 1 : 1;
  return node.items.reduce<number>(
    (size, item, index) =>
      size + walk(item as Node | null, { path: `${at.path}[${index}]`, depth: at.depth + 1 }, walking),
    1,
  );
}

function walkMap(map: YAMLMap, at: { path: string; depth: number }, walking: Walk): number {
  const seen = new Set<string>();
  let size = 1;
  for (const { key, value } of map.items as { key: Node | null; value: Node | null }[]) {
    const offset = key?.range?.[0] ?? map.range?.[0] ?? 0;
    const name = keyName(key);
    if (name === null) {
      walking.report({ offset, path: at.path }, 'a key must be a plain text');
      continue;
    }
    const path = joinPath(at.path, name);
    if (seen.has(name)) walking.report({ offset, path }, `the key "${name}" is written twice`);
    if (name === '__proto__') walking.report({ offset, path }, '"__proto__" is reserved; choose another name');
    seen.add(name);
    size += name.length + walk(value, { path, depth: at.depth + 1 }, walking);
  }
  return size;
}

function walkAlias(
  alias: Alias,
  at: { offset: number; path: string },
  { anchors, sizes, targets, report }: Walk,
): number {
  const target = anchors.get(alias.source);
  const size = target === undefined ? undefined : sizes.get(target);
  if (target === undefined || size === undefined) {
    const why =
      target === undefined
        ? `nothing above is marked &${alias.source}`
        : `*${alias.source} stands inside what it repeats`;
    report(at, why);
    return 1;
  }
  targets.set(alias, target);
  return size;
}

/** The text of a scalar key as written; null for lists, maps and aliases. */
export function keyName(key: Node | null): string | null {
  return isScalar(key) && key.value !== null ? String(key.source ?? key.value) : null;
}

/** `stages` and `mql` give `stages.mql`. */
export function joinPath(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

/** The path of the innermost key or item around an offset. */
function pathAt(node: unknown, offset: number, path = '', depth = 0): string {
  if (depth > deepest) return path;
  if (isMap(node)) {
    const around = (node.items as { key: Node | null; value: Node | null }[]).findLast(
      ({ key }) => (key?.range?.[0] ?? Infinity) <= offset,
    );
    const name = keyName(around?.key ?? null);
    return name === null ? path : pathAt(around!.value, offset, joinPath(path, name), depth + 1);
  }
  if (isSeq(node)) {
    const index = node.items.findLastIndex((item) => ((item as Node | null)?.range?.[0] ?? Infinity) <= offset);
    return index < 0 ? path : pathAt(node.items[index], offset, `${path}[${index}]`, depth + 1);
  }
  return path;
}
