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
  for (const character of charactersBefore(node.value, offset)) {
    at = skipFolding(file, at, { end, character });
    at += widthOf(file, at, { quote, character });
  }
  return Math.min(skipFolding(file, at, { end, character: node.value[offset] ?? '' }), end);
}

function charactersBefore(value: string, offset: number): readonly string[] {
  return value.slice(0, offset).split('');
}

const isSpace = (character: string | undefined) => character !== undefined && /\s/.test(character);

/** Skips line breaks and indentation that stand in the file but not in the value. */
function skipFolding(file: string, at: number, { end, character }: { end: number; character: string }): number {
  let position = at;
  if (!isSpace(character)) while (position < end && isSpace(file[position])) position++;
  return position;
}

/** How many characters of the file give this character of the value. */
function widthOf(file: string, at: number, { quote, character }: { quote: string | null; character: string }): number {
  if (isSpace(character) && /[\r\n]/.test(file[at] ?? '')) return /^\s+/.exec(file.slice(at))![0].length;
  if (quote === '"' && file[at] === '\\') return { x: 4, u: 6, U: 10 }[file[at + 1]!] ?? 2;
  if (quote === "'" && file[at] === "'") return 2;
  return isSpace(character) && !isSpace(file[at]) ? 0 : 1;
}
