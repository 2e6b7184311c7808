import { type Html, html } from './html.js';

/** The part of JSON Schema that the contracts use. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly description?: string;
  readonly default?: unknown;
  readonly [constraint: string]: unknown;
}

/** What a value may be, in a line: `text or null`, `list of objects`, `"mql" or "sql"`. */
export function kindOf(schema: Schema): string {
  if (schema.$ref !== undefined) return schema.$ref.split('/').at(-1) ?? '';
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return [...new Set(schema.anyOf.map(kindOf))].join(' or ');
  if (schema.type === 'array') return `list of ${kindOf(schema.items ?? {})}`;
  if (schema.type === 'object') return objectKind(schema);
  const format = schema['format'];
  return (schema.type ?? 'any value') + (typeof format === 'string' ? ` (${format})` : '');
}

function objectKind({ patternProperties }: Schema): string {
  const [values] = Object.values(patternProperties ?? {});
  return values ? `object of ${kindOf(values)} by name` : 'object';
}

const limits: readonly (readonly [string, string])[] = [
  ['minimum', 'from'],
  ['maximum', 'up to'],
  ['minLength', 'characters at least'],
  ['maxLength', 'characters at most'],
  ['minItems', 'items at least'],
  ['maxItems', 'items at most'],
  ['pattern', 'matches'],
];

/** The limits of a value and its default, in a line; empty where it has none. */
export function limitsOf(schema: Schema): string {
  const told = limits.flatMap(([name, words]) =>
    schema[name] === undefined ? [] : [`${words} ${String(schema[name] as string | number)}`],
  );
  const byDefault = schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`];
  return [...told, ...byDefault].join(', ');
}

/**
 * One named value: what it may be, whether it must be there, what it means, and the fields inside of it. What has a default
 * may be left out, though it is there once defaults are applied.
 */
export function field(name: string, schema: Schema, present: boolean): Html {
  const required = present && schema.default === undefined;
  const limit = limitsOf(schema);
  return html`<li>
    <code>${name}</code> <span class="kind">${kindOf(schema)}</span>
    ${required && html`<span class="required">required</span>`}
    ${limit !== '' && html`<span class="kind">${limit}</span>`}
    ${schema.description !== undefined && html`<p>${schema.description}</p>`} ${insideOf(name, schema)}
  </li>`;
}

/** The fields of an object, of each item of a list, or of each alternative that has some; nothing for a plain value. */
export function fieldsOf(schema: Schema): readonly Html[] {
  const alternatives = objectsIn(schema);
  return alternatives.map(
    ({ properties = {}, required = [] }, index) =>
      html`${alternatives.length > 1 && html`<p class="alternative">${index === 0 ? 'either' : 'or'}</p>`}
        <ul class="fields">
          ${Object.entries(properties).map(([name, property]) => field(name, property, required.includes(name)))}
        </ul>`,
  );
}

function insideOf(name: string, schema: Schema): Html | undefined {
  const inside = fieldsOf(schema);
  if (inside.length === 0) return undefined;
  return html`<details>
    <summary>Fields of ${name}</summary>
    ${inside}
  </details>`;
}

function objectsIn(schema: Schema): readonly Schema[] {
  if (schema.anyOf) return schema.anyOf.flatMap(objectsIn);
  if (schema.items) return objectsIn(schema.items);
  const named = Object.values(schema.patternProperties ?? {}).flatMap(objectsIn);
  return Object.keys(schema.properties ?? {}).length > 0 ? [schema, ...named] : named;
}
