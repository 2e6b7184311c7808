import type { FieldError } from './problem.js';

const deepest = 40;
const most = 20;

/**
 * Finds what no store can keep, whatever a schema says of it: NUL characters, broken surrogate pairs, nesting deeper than
 * 40 levels. Iterative, so that hostile nesting cannot exhaust the stack; at most 20 faults are listed.
 */
export function faultsOfText(root: unknown): readonly FieldError[] {
  const faults: FieldError[] = [];
  const pending: { value: unknown; path: string; depth: number }[] = [{ value: root, path: '', depth: 0 }];
  for (let next = pending.pop(); next && faults.length < most; next = pending.pop()) {
    const { value, path, depth } = next;
    const message = faultOf(value, depth);
    if (message) faults.push({ path, message });
    if (message || typeof value !== 'object' || value === null) continue;
    for (const [key, child] of Object.entries(value)) {
      const keyFault = faultOfString(key);
      if (keyFault) faults.push({ path, message: `has a field name that ${keyFault}` });
      else pending.push({ value: child, path: `${path}/${pointer(key)}`, depth: depth + 1 });
    }
  }
  return faults;
}

function faultOf(value: unknown, depth: number): string | undefined {
  if (depth > deepest) return `is nested deeper than ${deepest} levels; send a flatter document`;
  return typeof value === 'string' ? faultOfString(value) : undefined;
}

function faultOfString(text: string): string | undefined {
  if (text.includes('\0')) return 'contains a NUL character; remove it';
  return text.isWellFormed() ? undefined : 'contains half of a surrogate pair; send valid Unicode';
}

/** RFC 6901: `~` and `/` are escaped in a reference token. */
function pointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1').slice(0, 100);
}
