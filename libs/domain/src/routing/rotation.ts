/** Smooth weighted rotation of one routing rule: what each rep has waited up so far. JSON. */
export type Rotation = Readonly<Record<string, number>>;

export interface Candidate {
  readonly rep: string;
  readonly weight: number;
}

/**
 * The next of the candidates and the rotation after it. Of every run of as many choices as the weights sum up to, each of
 * the same candidates gets exactly its weight, evenly spread. Ties go to whoever is listed first.
 * The algorithm: everybody gains their weight, the highest is chosen and gives back the sum of the weights.
 */
export function nextInRotation(
  rotation: Rotation,
  candidates: readonly [Candidate, ...Candidate[]],
): { chosen: string; rotation: Rotation } {
  const after: Record<string, number> = { ...rotation };
  let sum = 0;
  let chosen = candidates[0].rep;
  for (const { rep, weight } of candidates) {
    sum += weight;
    after[rep] = valueOf(rotation, rep) + weight;
  }
  for (const { rep } of candidates) if (valueOf(after, rep) > valueOf(after, chosen)) chosen = rep;
  after[chosen] = valueOf(after, chosen) - sum;
  return { chosen, rotation: after };
}

/** What a rep has waited up so far; 0 for somebody new. */
export function valueOf(rotation: Rotation, rep: string): number {
  return Object.hasOwn(rotation, rep) ? (rotation[rep] ?? 0) : 0;
}
