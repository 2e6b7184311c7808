/** What the checker knows of a value before any lead: `any` is only known when it arrives (event properties). */
export type ValueType =
  | { readonly kind: 'text' | 'number' | 'yes-no' | 'any' }
  | { readonly kind: 'list'; readonly of: ValueType }
  /** A map with these fields only; `fields: null` holds any key. */
  | { readonly kind: 'map'; readonly fields: Readonly<Record<string, ValueType>> | null };

export const text: ValueType = { kind: 'text' };
export const number: ValueType = { kind: 'number' };
export const yesNo: ValueType = { kind: 'yes-no' };
export const any: ValueType = { kind: 'any' };
export const texts: ValueType = { kind: 'list', of: text };
export const openMap: ValueType = { kind: 'map', fields: null };

/** The type in words, with its article: `a text`. */
export function describeType(type: ValueType): string {
  return { text: 'a text', number: 'a number', 'yes-no': 'yes or no', any: 'a value', list: 'a list', map: 'a map' }[
    type.kind
  ];
}

/** Whether two values of these types could be equal; `any` may be everything. */
export function mayEqual(left: ValueType, right: ValueType): boolean {
  if (left.kind === 'any' || right.kind === 'any') return true;
  if (left.kind === 'list' && right.kind === 'list') return mayEqual(left.of, right.of);
  return left.kind === right.kind;
}

/** Whether a value of this type could be of that kind. */
export function mayBe(type: ValueType, kind: ValueType['kind']): boolean {
  return type.kind === 'any' || type.kind === kind;
}
