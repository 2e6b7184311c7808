/**
 * The new order, except that what is held stays where it is shown now; everything else flows around it. Something held
 * that is no longer in the new order keeps its place until it is let go.
 */
export function holdInPlace(shown: readonly string[], next: readonly string[], held: ReadonlySet<string>): string[] {
  const anchored = shown.map((id, place) => ({ id, place })).filter(({ id }) => held.has(id));
  const kept = new Set(anchored.map(({ id }) => id));
  const order = next.filter((id) => !kept.has(id));
  for (const { id, place } of anchored) order.splice(place, 0, id);
  return order;
}
