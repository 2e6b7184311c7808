import type { ChecklistItem, TraitType, Value } from '../playbook/definition.js';

const yes = new Set(['true', 'yes', 'y', '1', 'on']);
const no = new Set(['false', 'no', 'n', '0', 'off']);

/** A value as its declared type: `"220"` → 220, `"yes"` → true, text → list of one; undefined when it is none. */
export function coerceTrait(type: TraitType, value: unknown): Value | undefined {
  switch (type) {
    case 'text':
      return asText(value);
    case 'number':
      return asNumber(value);
    case 'yes-no':
      return asYesNo(value);
    case 'date':
      return asDate(value);
    case 'list':
      return asList(value);
  }
}

/** An answer as its question's type, undefined when it is none or not among the options. */
export function coerceAnswer({ type, options = [] }: ChecklistItem, value: unknown): Value | undefined {
  switch (type) {
    case 'choice': {
      const choice = asText(value);
      return choice !== undefined && options.includes(choice) ? choice : undefined;
    }
    case 'choices': {
      const choices = asList(value);
      return choices?.every((choice) => options.includes(choice)) ? choices : undefined;
    }
    case 'days': {
      const days = asNumber(value);
      return days !== undefined && days >= 0 ? days : undefined;
    }
    case 'text':
    case 'number':
    case 'date':
    case 'yes-no':
      return coerceTrait(type, value);
  }
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) {
    return String(value);
  }
  return typeof value === 'string' ? value : undefined;
}

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'string' && /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i.test(value)) {
    return asNumber(Number(value));
  }
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function asYesNo(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') {
    return value;
  }
  const word = String(value).trim().toLowerCase();
  if (yes.has(word)) {
    return true;
  }
  return no.has(word) ? false : undefined;
}

function asDate(value: unknown): string | undefined {
  const isDate =
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}([Tt ].*)?$/.test(value) && !Number.isNaN(Date.parse(value));
  return isDate ? value : undefined;
}

function asList(value: unknown): string[] | undefined {
  if (typeof value === 'string') {
    return [value];
  }
  return Array.isArray(value) && value.every((item): item is string => typeof item === 'string') ? value : undefined;
}
