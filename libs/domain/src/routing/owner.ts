/** Who is responsible: a rep (of a team), or the queue of a team when `rep` is null. Exactly one of both texts names it. */
export interface Owner {
  readonly rep: string | null;
  readonly team: string | null;
}

/** `rep:ana` or `team:inbound`. */
export function ownerName(owner: Owner): string {
  return owner.rep === null ? `team:${owner.team ?? ''}` : `rep:${owner.rep}`;
}

/** Reads `rep:ID` or `team:ID`; null for anything else. The team of a rep is for the roster to say. */
export function parseOwner(text: string): Owner | null {
  const match = /^(rep|team):([^\s:]{1,200})$/.exec(text);
  if (match === null) return null;
  const id = match[2] ?? '';
  return match[1] === 'rep' ? { rep: id, team: null } : { rep: null, team: id };
}

/** Whether two owners are the same rep, or the same queue. */
export function sameOwner(one: Owner | null, other: Owner | null): boolean {
  if (one === null || other === null) return one === other;
  return ownerName(one) === ownerName(other);
}
