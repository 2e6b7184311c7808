/** Object id of `text` in PostgreSQL's catalogue. */
const textOid = 25;

/** Positions of the parameters, from 0, whose arrays are given in binary form. */
type Plan = ReadonlySet<number>;

const plans = new Map<string, Plan>();
/** Statements are few and fixed; should some be composed, the memory of them is bounded. */
const mostPlans = 2_000;

/**
 * Gives the arrays of strings that a bulk statement declares as `$n::text[]` in binary form; everything else as it
 * is. As a literal, every quote of a JSON text would be escaped here and undone there: binary costs both sides a
 * third of it.
 */
export function bulkParameters(text: string, values: readonly unknown[]): readonly unknown[] {
  const plan = planOf(text);
  if (plan.size === 0) return values;
  return values.map((value, index) => (plan.has(index) && isStrings(value) ? binaryArray(value) : value));
}

function planOf(text: string): Plan {
  const known = plans.get(text);
  if (known) return known;
  if (plans.size >= mostPlans) plans.clear();
  const plan = new Set<number>();
  for (const [, number] of text.matchAll(/\$(\d+)::text\[\]/g)) {
    // A parameter that is also used without this cast may be of another type.
    const uses = text.match(new RegExp(`\\$${number}(?!\\d)`, 'g'))?.length;
    const casts = text.split(`$${number}::text[]`).length - 1;
    if (uses === casts) plan.add(Number(number) - 1);
  }
  plans.set(text, plan);
  return plan;
}

function isStrings(value: unknown): value is readonly (string | null)[] {
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((element) => typeof element === 'string' || element === null)
  );
}

const headerBytes = 20;

function binaryArray(values: readonly (string | null)[]): Buffer {
  const sizes = values.map((value) => (value === null ? 0 : Buffer.byteLength(value)));
  const buffer = Buffer.allocUnsafe(headerBytes + sizes.reduce((sum, size) => sum + 4 + size, 0));
  // Dimensions, whether there are nulls, the element type; of the one dimension its length and lower bound.
  [1, values.includes(null) ? 1 : 0, textOid, values.length, 1].forEach((field, index) =>
    buffer.writeInt32BE(field, index * 4),
  );
  let at = headerBytes;
  values.forEach((value, index) => {
    at = buffer.writeInt32BE(value === null ? -1 : (sizes[index] ?? 0), at);
    if (value === null) return;
    at += buffer.write(value, at);
  });
  return buffer;
}
