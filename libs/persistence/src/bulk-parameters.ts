/** Types whose arrays are given in PostgreSQL's binary form: element type, and what precedes the text of an element. */
const binaryTypes = {
  text: { oid: 25, prefix: Buffer.alloc(0) },
  jsonb: { oid: 3802, prefix: Buffer.from([1]) },
} as const;
type BinaryType = keyof typeof binaryTypes;

/** By position of the parameter, from 0. */
type Plan = ReadonlyMap<number, BinaryType>;

const plans = new Map<string, Plan>();
/** Statements are few and fixed; should some be composed, the memory of them is bounded. */
const mostPlans = 2_000;

/**
 * Gives the arrays of strings that a bulk statement declares as `$n::text[]` or `$n::jsonb[]` in binary form; everything
 * else as it is. As a literal, every quote of a JSON text would be escaped here and undone there: binary costs both sides a
 * third of it.
 */
export function bulkParameters(text: string, values: readonly unknown[]): readonly unknown[] {
  const plan = planOf(text);
  if (plan.size === 0) return values;
  return values.map((value, index) => {
    const type = plan.get(index);
    return type && isStrings(value) ? binaryArray(value, type) : value;
  });
}

function planOf(text: string): Plan {
  const known = plans.get(text);
  if (known) return known;
  if (plans.size >= mostPlans) plans.clear();
  const plan = new Map<number, BinaryType>();
  for (const [, number, type] of text.matchAll(/\$(\d+)::(text|jsonb)\[\]/g)) {
    // A parameter that is also used without this cast may be of another type.
    const uses = text.match(new RegExp(`\\$${number}(?!\\d)`, 'g'))?.length;
    const casts = text.split(`$${number}::${type}[]`).length - 1;
    if (uses === casts) plan.set(Number(number) - 1, type as BinaryType);
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

function binaryArray(values: readonly (string | null)[], type: BinaryType): Buffer {
  const { oid, prefix } = binaryTypes[type];
  const sizes = values.map((value) => (value === null ? 0 : prefix.length + Buffer.byteLength(value)));
  const buffer = Buffer.allocUnsafe(headerBytes + sizes.reduce((sum, size) => sum + 4 + size, 0));
  // Dimensions, whether there are nulls, the element type; of the one dimension its length and lower bound.
  [1, values.includes(null) ? 1 : 0, oid, values.length, 1].forEach((field, index) =>
    buffer.writeInt32BE(field, index * 4),
  );
  let at = headerBytes;
  values.forEach((value, index) => {
    at = buffer.writeInt32BE(value === null ? -1 : (sizes[index] ?? 0), at);
    if (value === null) return;
    at += prefix.copy(buffer, at);
    at += buffer.write(value, at);
  });
  return buffer;
}
