import { FormatRegistry, Kind, OptionalKind, type TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler, type ValueError } from '@sinclair/typebox/compiler';
import { Value } from '@sinclair/typebox/value';
import type { FieldError } from './problem.js';

const most = 20;
const compiled = new WeakMap<TSchema, TypeCheck<TSchema>>();

export interface ValidateOptions {
  /** The value came as text (URL): numbers, booleans and dates are read from it. */
  readonly fromText: boolean;
}

/**
 * Checks a value against a schema, defaults applied to a copy. `errors` is empty or names each field at fault once, by JSON
 * pointer and with what was expected.
 */
export function validate(
  schema: TSchema,
  input: unknown,
  { fromText }: ValidateOptions,
): { value: unknown; errors: readonly FieldError[] } {
  if (input === undefined && schema[OptionalKind] === 'Optional') return { value: undefined, errors: [] };
  const copy = Value.Default(schema, Value.Clone(input === null && fromText ? {} : input));
  const value = fromText ? convertTexts(schema, copy) : copy;
  return { value, errors: faultsOf(schema, value) };
}

/** Checks a value as it is, changing nothing: empty, or each field at fault once. */
export function faultsOf(schema: TSchema, value: unknown): readonly FieldError[] {
  const check = checkOf(schema);
  return check.Check(value) ? [] : fieldErrors(check.Errors(value));
}

/** Reads the fields that the schema wants as numbers or booleans; whatever is not exactly one stays text, and is refused. */
function convertTexts(schema: TSchema, value: unknown): unknown {
  const properties = (schema['properties'] ?? {}) as Record<string, TSchema>;
  const convert = ([name, text]: [string, unknown]) => [
    name,
    typeof text === 'string' ? convertText(properties[name], text) : text,
  ];
  return Object.fromEntries(Object.entries(value as object).map((entry) => convert(entry)));
}

function convertText(schema: TSchema | undefined, text: string): unknown {
  if (schema?.[Kind] === 'Integer' && /^-?\d{1,15}$/.test(text)) return Number(text);
  if (schema?.[Kind] === 'Number' && /^-?\d{1,15}(\.\d{1,15})?$/.test(text)) return Number(text);
  if (schema?.[Kind] === 'Boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

function checkOf(schema: TSchema): TypeCheck<TSchema> {
  const known = compiled.get(schema);
  if (known) return known;
  const check = TypeCompiler.Compile(schema);
  compiled.set(schema, check);
  return check;
}

function fieldErrors(found: Iterable<ValueError>): readonly FieldError[] {
  const byPath = new Map<string, string>();
  for (const error of found) {
    if (byPath.size >= most) break;
    if (!byPath.has(error.path)) byPath.set(error.path, sentence(error));
  }
  return [...byPath].map(([path, message]) => ({ path, message }));
}

function sentence({ message, schema, value }: ValueError): string {
  if (value === undefined) return `is required${expectation(schema)}`;
  const choices = literalsOf(schema);
  if (choices) return `must be one of ${choices.join(', ')}`;
  return `is not as expected: ${message.replace(/^Expected/, 'expected')}`;
}

function expectation(schema: TSchema): string {
  const choices = literalsOf(schema);
  if (choices) return `: one of ${choices.join(', ')}`;
  return typeof schema['type'] === 'string' ? `: ${schema['type']}` : '';
}

function literalsOf(schema: TSchema): readonly string[] | undefined {
  if (schema[Kind] === 'Literal') return [String(schema['const'])];
  const members = schema['anyOf'] as TSchema[] | undefined;
  if (!members?.every((member) => member[Kind] === 'Literal')) return undefined;
  return members.map((member) => String(member['const']));
}

const date = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const dateTime =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

FormatRegistry.Set('date-time', (text) => dateTime.test(text) && isInMonth(text));
FormatRegistry.Set('date', (text) => date.test(text) && isInMonth(text));
FormatRegistry.Set('uri', (text) => URL.canParse(text));
FormatRegistry.Set('email', (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text));

/** Whether the calendar has the day that a text begins with: `Date` would take 30 February for 2 March. */
function isInMonth(text: string): boolean {
  const day = Number(text.slice(8, 10));
  if (day <= 28) return true;
  const month = Number(text.slice(5, 7));
  if (month === 2) return day === 29 && isLeapYear(Number(text.slice(0, 4)));
  return day <= 30 || ![4, 6, 9, 11].includes(month);
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
