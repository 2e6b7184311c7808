/** Every order in which partitions may be read, each of them in its own order. */
export function* interleavings<T>(partitions: readonly (readonly T[])[]): Generator<readonly T[]> {
  const left = partitions.filter((partition) => partition.length > 0);
  if (left.length === 0) yield [];
  for (const partition of left) {
    const rest = left.map((other) => (other === partition ? other.slice(1) : other));
    for (const order of interleavings(rest)) yield [partition[0]!, ...order];
  }
}

/** The n-th of all orders together, for each n: whoever reads them one after the other has facts of many orders in a batch. */
export function inStep<T>(orders: readonly (readonly T[])[]): readonly (readonly T[])[] {
  const longest = Math.max(...orders.map((order) => order.length));
  return Array.from({ length: longest }, (_, place) => orders.flatMap((order) => order.slice(place, place + 1)));
}
