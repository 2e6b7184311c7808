import { isMap, isScalar, type Node } from 'yaml';
import type { Reader } from './field-readers.js';
import { keyName } from './yaml-source.js';

/** A map together with how many digits behind the point each of its numbers was written with: `40.50` has two. */
export interface WithDecimals {
  readonly values: Readonly<Record<string, unknown>>;
  readonly decimals: Readonly<Record<string, number>>;
}

/** Reads a map and keeps the precision its numbers were written with. */
export function writtenNumbers(read: Reader<Readonly<Record<string, unknown>>>): Reader<WithDecimals> {
  return (spot, source) => {
    const values = read(spot, source);
    return values === undefined || !isMap(spot.node)
      ? undefined
      : { values, decimals: decimalsOf(spot.node.items as Entry[], source.resolve) };
  };
}

interface Entry {
  readonly key: Node | null;
  readonly value: Node | null;
}

function decimalsOf(
  entries: readonly Entry[],
  resolve: (node: Node | null) => Node | null,
): Readonly<Record<string, number>> {
  const decimals: Record<string, number> = {};
  for (const { key, value } of entries) {
    const node = resolve(value);
    const name = keyName(key);
    if (name === null || !isScalar(node) || typeof node.value !== 'number') continue;
    decimals[name] = /^[-+]?\d*\.(\d+)$/.exec(node.source ?? '')?.[1]?.length ?? 0;
  }
  return decimals;
}
