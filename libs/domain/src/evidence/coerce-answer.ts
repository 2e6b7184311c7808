import type { ChecklistItem, TraitType, Value } from '../playbook/definition.js';
import { coerceTrait } from './coerce-trait.js';

/** An answer as its question's type, undefined when it is none or not among the options. Text and dates stay as they were written. */
export function coerceAnswer({ type, options = [] }: ChecklistItem, value: unknown): Value | undefined {
  switch (type) {
    case 'choice':
      return options.find((option) => option === asText(value));
    case 'choices': {
      const choices = asType('list', value);
      return Array.isArray(choices) && choices.every((choice) => options.includes(choice)) ? choices : undefined;
    }
    case 'days': {
      const days = asType('number', value);
      return Number(days) >= 0 ? days : undefined;
    }
    case 'date':
      return typeof value === 'string' && asType('date', value) !== undefined ? value : undefined;
    case 'text':
      return asText(value);
    case 'number':
    case 'yes-no':
      return asType(type, value);
  }
}

function asText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) {
    return String(value);
  }
  return typeof value === 'string' ? value : undefined;
}

function asType(type: TraitType, value: unknown) {
  const coerced = coerceTrait(value, type);
  return 'value' in coerced ? coerced.value : undefined;
}
