import { Kind, type TSchema } from '@sinclair/typebox';
import type { Route } from '@baton/contracts/http/route';
import fc, { type Arbitrary } from 'fast-check';

export interface ArbitraryCall {
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

const nasty = fc.constantFrom(
  '\0',
  '\ud800',
  '',
  '__proto__',
  'constructor',
  'null',
  '2026-13-01',
  '9999-12-31',
  '1e999',
  '-1',
  "'; drop",
  '💥',
  'x'.repeat(5000),
);
const numbers = fc.constantFrom(0, -1, 0.5, 2 ** 31, 2 ** 53, 1e308, -1e308, 1, 2, 3);
const words = fc.constantFrom(
  'kim@acme.io',
  'ana',
  'rep:ana',
  'team:inbound',
  'hot',
  'mql',
  'starter',
  'a note',
  '2026-03-02',
  '10',
);
const texts = fc.oneof(
  { weight: 6, arbitrary: words },
  { weight: 3, arbitrary: fc.string({ maxLength: 30 }) },
  { weight: 1, arbitrary: nasty },
);
const anything = fc.oneof(fc.jsonValue({ maxDepth: 3 }), nasty, numbers);

/** A token of nothing, which every service has already read. */
const readAfter = Buffer.from('{}').toString('base64url');

/** Calls of a route: some as its schemas ask for, most of them near misses, a few with no resemblance at all. */
export function arbitraryCall(route: Route, ids: readonly string[]): Arbitrary<ArbitraryCall> {
  const params = fc.record(partsOf(route.params, (name) => pathPart(name, ids)));
  const parts = partsOf(route.query, queryPart);
  // A cursor is a page's own secret: made up, it only hides what the other fields would do.
  const { cursor: _cursor, ...uncursored } = parts;
  const record = (of: typeof parts) => fc.record(of, { requiredKeys: [] });
  const query = fc.oneof({ weight: 9, arbitrary: record(uncursored) }, { weight: 1, arbitrary: record(parts) });
  const body = route.body ? bodyOf(route.body) : fc.constant(undefined);
  return fc.tuple(params, query, body).map(([values, search, text]) => ({
    method: route.method,
    path: pathOf(route.path, values as Record<string, string>) + queryText(search as Record<string, string>),
    body: text,
  }));
}

function partsOf(
  schema: TSchema | undefined,
  part: (name: string, schema: TSchema) => Arbitrary<string>,
): Record<string, Arbitrary<string>> {
  const properties = (schema?.['properties'] ?? {}) as Record<string, TSchema>;
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, part(name, property)]));
}

/** Known ids reach the code behind the look-up. An empty part or a dot would be another path. */
function pathPart(name: string, ids: readonly string[]): Arbitrary<string> {
  const known = name === 'id' ? fc.constantFrom(...ids) : fc.constantFrom('starter', '1', 'routing');
  return fc.oneof(
    { weight: 6, arbitrary: known },
    { weight: 1, arbitrary: fc.string({ minLength: 1, maxLength: 30 }) },
    { weight: 1, arbitrary: nasty.filter((text) => text !== '') },
  );
}

function queryPart(name: string, schema: TSchema): Arbitrary<string> {
  const fitting = name === 'after' ? fc.constant(readAfter) : valueOf(schema).map(String);
  return fc.oneof(
    { weight: 20, arbitrary: fitting },
    { weight: 1, arbitrary: nasty },
    { weight: 1, arbitrary: fc.string({ maxLength: 20 }) },
  );
}

function pathOf(path: string, values: Record<string, string>): string {
  return path.replace(/\{(\w+)\}/g, (_all, name: string) => encoded(values[name] ?? ''));
}

function queryText(search: Record<string, string>): string {
  const pairs = Object.entries(search).map(([name, value]) => `${name}=${encoded(value)}`);
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

/** Half a surrogate pair cannot be written in a URL; it is sent as the bytes that some client might send. */
function encoded(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ED%A0%80';
}

function bodyOf(schema: TSchema): Arbitrary<string> {
  const near = fc
    .oneof({ weight: 6, arbitrary: valueOf(schema) }, { weight: 2, arbitrary: anything })
    .map((value) => JSON.stringify(value) ?? '');
  return fc.oneof({ weight: 12, arbitrary: near }, { weight: 1, arbitrary: fc.string() });
}

const byKind: Record<string, (schema: TSchema) => Arbitrary<unknown>> = {
  Object: objectOf,
  Union: (schema) => fc.oneof(...(schema['anyOf'] as TSchema[]).map(valueOf)),
  Literal: (schema) => fc.constant(schema['const']),
  Array: (schema) => fc.array(valueOf(schema['items'] as TSchema), { maxLength: 4 }),
  Record: () => fc.dictionary(fc.oneof(fc.string({ maxLength: 10 }), nasty), anything, { maxKeys: 4 }),
  String: stringOf,
  Number: () => fc.oneof(fc.double(), numbers),
  Integer: integerOf,
  Boolean: () => fc.boolean(),
  Null: () => fc.constant(null),
};

function valueOf(schema: TSchema): Arbitrary<unknown> {
  const fitting = byKind[schema[Kind]]?.(schema) ?? anything;
  return fc.oneof({ weight: 40, arbitrary: fitting }, { weight: 1, arbitrary: anything });
}

function stringOf(schema: TSchema): Arbitrary<string> {
  const { format, pattern } = schema as { format?: string; pattern?: string };
  if (format === 'date-time') return times();
  const fitting = fittingTexts[format ?? ''] ?? (pattern ? fc.stringMatching(new RegExp(pattern)) : undefined);
  return fitting ? fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: texts }) : texts;
}

const fittingTexts: Record<string, Arbitrary<string>> = {
  date: fc.constantFrom('2026-03-02', '1999-12-31', '2999-01-01'),
  uri: fc.constantFrom('https://hooks.example.com/baton', 'http://127.0.0.1:1/'),
};

function integerOf({ minimum = -1000, maximum = 1000 }: TSchema): Arbitrary<number> {
  const fitting = fc.integer({ min: Number(minimum), max: Number(maximum) });
  return fc.oneof({ weight: 12, arbitrary: fitting }, { weight: 1, arbitrary: numbers });
}

function objectOf(schema: TSchema): Arbitrary<unknown> {
  const properties = Object.entries(schema['properties'] as Record<string, TSchema>);
  const fields = Object.fromEntries(properties.map(([name, property]) => [name, valueOf(property)]));
  const required = (schema['required'] ?? []) as string[];
  return fc.oneof(
    { weight: 8, arbitrary: fc.record(fields, { requiredKeys: required }) },
    { weight: 1, arbitrary: fc.record(fields, { requiredKeys: [] }) },
  );
}

function times(): Arbitrary<string> {
  const dates = fc.date({ noInvalidDate: true }).map((date) => date.toISOString());
  const likely = fc.constantFrom('2026-03-02T09:00:00Z', '2999-01-01T00:00:00Z', '1999-12-31T23:59:59.999Z');
  return fc.oneof({ weight: 8, arbitrary: likely }, { weight: 4, arbitrary: dates }, { weight: 1, arbitrary: nasty });
}
