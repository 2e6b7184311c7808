/**
 * Where a published fact differs from what was computed, as a path; null when it does not. Published times are RFC 3339,
 * computed ones epoch milliseconds; a computed field that is undefined need not be published.
 */
export function difference(published: unknown, computed: unknown, path = ''): string | null {
  if (typeof computed === 'number' && typeof published === 'string' && Date.parse(published) === computed) return null;
  if (typeof computed !== 'object' || computed === null || typeof published !== 'object' || published === null) {
    return Object.is(published, computed)
      ? null
      : `${path}: ${JSON.stringify(published)} is not ${JSON.stringify(computed)}`;
  }
  const one = published as Record<string, unknown>;
  const other = computed as Record<string, unknown>;
  for (const name of new Set([...Object.keys(one), ...Object.keys(other)])) {
    if (one[name] === undefined && other[name] === undefined) continue;
    const found = difference(one[name], other[name], path === '' ? name : `${path}.${name}`);
    if (found !== null) return found;
  }
  return null;
}
