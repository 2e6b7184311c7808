import type { KnownType } from './built-in-traits.js';
import { normalEmail } from './email.js';
import { readTime } from './read-time.js';

/** What a trait can be once it is coerced; a date is RFC 3339 text. */
export type TraitValue = string | number | boolean | string[];

const longestText = 1000;
/** Characters of an undeclared trait; a list counts as its JSON. */
const longestShown = 500;
const mostItems = 100;

const expectations: Readonly<Record<KnownType, string>> = {
  text: 'expected text',
  number: 'expected a number',
  'yes-no': 'expected yes or no',
  date: 'expected a date, 2026-03-02 or RFC 3339',
  list: 'expected a list of texts',
  email: 'expected an e-mail address',
  country: 'expected a country code of two letters (ISO 3166-1)',
};

export type Coerced = { readonly value: TraitValue } | { readonly expected: string };

/** Brings a value to its type: "220" to 220, "yes" to true, text to a list of one; otherwise says what was expected. */
export function coerceTrait(value: unknown, type: KnownType): Coerced {
  const coerced = coercions[type](value);
  return coerced === undefined ? { expected: expectations[type] } : { value: coerced };
}

/** An undeclared trait as it can be shown, cut: texts, numbers and yes-no stay, short lists become texts, anything else its JSON. */
export function showTrait(value: unknown): TraitValue {
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.slice(0, longestShown).toWellFormed();
  const json = JSON.stringify(value);
  const list = json.length <= longestShown ? listOf(value) : undefined;
  return list ?? json.slice(0, longestShown).toWellFormed();
}

const coercions: Readonly<Record<KnownType, (value: unknown) => TraitValue | undefined>> = {
  text: textOf,
  number: numberOf,
  'yes-no': yesNoOf,
  date: dateOf,
  list: (value) => listOf(value) ?? listOf([value]),
  email: normalEmail,
  country: countryOf,
};

function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' ? value.trim().slice(0, longestText).toWellFormed() : undefined;
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === 'string' && !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?\s*$/i.test(value)) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function yesNoOf(value: unknown): boolean | undefined {
  const word = String(typeof value === 'string' ? value.trim().toLowerCase() : value);
  if (['true', 'yes', 'y', '1', 'on'].includes(word)) return true;
  return ['false', 'no', 'n', '0', 'off'].includes(word) ? false : undefined;
}

function dateOf(value: unknown): string | undefined {
  const time = readTime(value);
  return time === null ? undefined : new Date(time).toISOString();
}

function listOf(value: unknown): string[] | undefined {
  if (!Array.isArray(value) || value.length > mostItems) return undefined;
  const texts = value.map(textOf);
  return texts.every((text) => text !== undefined) ? texts : undefined;
}

function countryOf(value: unknown): string | undefined {
  const code = typeof value === 'string' ? value.trim().toUpperCase() : '';
  return /^[A-Z]{2}$/.test(code) ? code : undefined;
}
