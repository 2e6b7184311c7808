import { isScalar, type Node } from 'yaml';

/**
 * Where a character of a scalar's value stands in the file: `offset` counts in the value, the answer in the file. Escapes,
 * doubled quotes and folded lines are followed, so that a fault inside a `when` points at its own place.
 */
export function offsetInSource(file: string, node: Node, offset: number): number {
  const start = node.range?.[0] ?? 0;
  if (!isScalar(node) || typeof node.value !== 'string') return start + offset;
  const end = node.range?.[1] ?? file.length;
  const quote = file[start] === '"' || file[start] === "'" ? file[start] : null;
  let at = quote === null ? start : start + 1;
  if (file[start] === '|' || file[start] === '>') at = file.indexOf('\n', start) + 1;
  // What ends too early ends behind its last word, not behind the line breaks that follow.
  const until = Math.min(offset, node.value.trimEnd().length);
  for (const character of charactersBefore(node.value, until)) {
    at = skipFolding(file, at, { quote, character });
    at += widthOf(file, at, { quote, character });
  }
  return Math.min(skipFolding(file, at, { quote, character: node.value[until] ?? ' ' }), end);
}

interface Place {
  readonly quote: string | null;
  readonly character: string;
}

function charactersBefore(value: string, offset: number): readonly string[] {
  return value.slice(0, offset).split('');
}

const isSpace = (character: string) => /\s/.test(character);

/** Skips what stands in the file but not in the value: line breaks, indentation, in double quotes a break with a backslash. */
function skipFolding(file: string, at: number, { quote, character }: Place): number {
  const unescaped = isSpace(character) ? at : endOf(/\s*/y, file, at);
  return quote === '"' ? endOf(/(?:\\\r?\n\s*)*/y, file, unescaped) : unescaped;
}

function endOf(sticky: RegExp, file: string, at: number): number {
  sticky.lastIndex = at;
  return at + sticky.exec(file)![0].length;
}

/** How many characters of the file give this character of the value. */
function widthOf(file: string, at: number, { quote, character }: Place): number {
  if (isSpace(character) && /[\r\n]/.test(file[at]!)) return /^\s+/.exec(file.slice(at))![0].length;
  if (quote === '"' && file[at] === '\\') return { x: 4, u: 6, U: 10 }[file[at + 1]!] ?? 2;
  if (quote === "'" && character === "'") return 2;
  return isSpace(character) && !isSpace(file[at]!) ? 0 : 1;
}
