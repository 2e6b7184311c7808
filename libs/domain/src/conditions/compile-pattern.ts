import { RE2JS } from 're2js';

const compiled = new Map<string, RE2JS | string>();
const mostKept = 1000;

/**
 * A regular expression with RE2 semantics (linear time, no look-around, no back-references), or a sentence that says
 * why it is none. A pattern is compiled once and kept: its text alone decides the result.
 */
export function compilePattern(pattern: string): RE2JS | string {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  const result = compile(pattern);
  if (compiled.size >= mostKept) compiled.clear();
  compiled.set(pattern, result);
  return result;
}

function compile(pattern: string): RE2JS | string {
  if (pattern.includes('\b'))
    return "this pattern holds a backspace, not a word boundary; write it as a raw string, r'\\bvp\\b'";
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error parsing regexp: /, '') : String(error);
    return `this is not a pattern of RE2: ${why}; RE2 has no look-ahead, look-behind or back-references`;
  }
}
