import { isScalar } from 'yaml';
import { didYouMean } from '../conditions/suggest-name.js';
import { lastKey, type Reader, refuse, type Spot } from './field-readers.js';
import { parseDuration } from './parse-duration.js';
import { parseTime } from './parse-time.js';

/** A text that is not empty. */
export const text: Reader<string> = (spot, source) => {
  const value = scalarOf(spot);
  if (typeof value !== 'string') {
    const quote = typeof value === 'number' || typeof value === 'boolean' ? '; put it in quotes' : '';
    return refuse(spot, source, `"${lastKey(spot)}" must be a text${quote}`);
  }
  return value.trim() === '' ? refuse(spot, source, `"${lastKey(spot)}" must not be empty`) : value;
};

export const trueOrFalse: Reader<boolean> = (spot, source) => {
  const value = scalarOf(spot);
  return typeof value === 'boolean' ? value : refuse(spot, source, `"${lastKey(spot)}" must be true or false`);
};

export const finiteNumber: Reader<number> = (spot, source) => {
  const value = scalarOf(spot);
  return typeof value === 'number' && Number.isFinite(value)
    ? value
    : refuse(spot, source, `"${lastKey(spot)}" must be a number`);
};

export const positiveNumber: Reader<number> = (spot, source) => {
  const value = finiteNumber(spot, source);
  return value === undefined || value > 0
    ? value
    : refuse(spot, source, `"${lastKey(spot)}" must be more than zero, not ${value}`);
};

/** A count from 1 to 1000. */
export const count: Reader<number> = (spot, source) => {
  const value = scalarOf(spot);
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= 1000) return value;
  return refuse(spot, source, `"${lastKey(spot)}" must be a whole number from 1 to 1000`);
};

/** Milliseconds of a duration. */
export const duration: Reader<number> = (spot, source) => {
  const ms = parseDuration(String(scalarOf(spot) ?? ''));
  return typeof ms === 'number' ? ms : refuse(spot, source, ms);
};

/** A share of a duration, 0.8 for `80%`. */
export const percent: Reader<number> = (spot, source) => {
  const written = String(scalarOf(spot) ?? '');
  const digits = /^(\d+(?:\.\d+)?)%$/.exec(written)?.[1];
  if (digits === undefined)
    return refuse(spot, source, `"${written}" is no percent; write a number with a percent sign, such as 80%`);
  return Number(digits) > 0
    ? Number(digits) / 100
    : refuse(spot, source, `a percent must be more than zero, not ${written}`);
};

/** Epoch milliseconds of an RFC 3339 time. */
export const time: Reader<number> = (spot, source) => {
  const written = String(scalarOf(spot) ?? '');
  return parseTime(written) ?? refuse(spot, source, `"${written}" is no time; write it as in 2026-03-02T12:00:00Z`);
};

/** One of these words. */
export function oneOf<const T extends readonly string[]>(words: T): Reader<T[number]> {
  return (spot, source) => {
    const value = scalarOf(spot);
    const word: T[number] | undefined = words.find((known) => known === value);
    if (word !== undefined) return word;
    const written = String(value ?? '');
    return refuse(spot, source, `"${written}" is not one of ${words.join(', ')}${didYouMean(written, words)}`);
  };
}

const inherited: readonly string[] = ['constructor'];

/** An id, `[a-z0-9-]{1,60}` unless another form is given; names with a meaning of their own are refused. */
export function id({
  form = /^[a-z0-9-]{1,60}$/,
  words = 'small letters, digits and hyphens, at most 60',
  reserved = [] as readonly string[],
} = {}): Reader<string> {
  return (spot, source) => {
    const value = scalarOf(spot);
    const written = String(value ?? '');
    if (!form.test(written))
      return refuse(spot, source, `"${written}" is no ${lastKey(spot) === 'name' ? 'name' : 'id'}; write ${words}`);
    return reserved.includes(written) || inherited.includes(written)
      ? refuse(spot, source, `"${written}" is reserved; choose another id`)
      : written;
  };
}

/** An expression as written; `when: true` without quotes is one too. */
export const expression: Reader<string> = (spot, source) => {
  const value = scalarOf(spot);
  if (typeof value === 'string') return value;
  if (isScalar(spot.node) && typeof value === 'boolean') return spot.node.source;
  return refuse(spot, source, `"${lastKey(spot)}" must be a condition, written as a text in quotes`);
};

function scalarOf({ node }: Spot): unknown {
  return isScalar(node) ? node.value : undefined;
}
