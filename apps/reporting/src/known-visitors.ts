/** Visitors by key with the time of their first event, RFC 3339 in UTC. */
export type Sightings = ReadonlyMap<string, string>;

/**
 * The visitors that this process counted last, so that the many events of one visitor ask the database once. It may forget;
 * what it knows is in the database, where a first event can only become an earlier one.
 */
export class KnownVisitors {
  private readonly first = new Map<string, string>();

  /** @param bound visitors to remember at most */
  constructor(private readonly bound: number) {}

  /** Those that are new, or earlier than what was counted. */
  newsIn(sightings: Sightings): Sightings {
    const isNews = ([visitor, at]: readonly [string, string]) => {
      const known = this.first.get(visitor);
      return known === undefined || at < known;
    };
    return new Map([...sightings].filter(isNews));
  }

  /** Call it once they are committed. */
  keep(sightings: Sightings): void {
    for (const [visitor, at] of sightings) {
      this.first.delete(visitor);
      this.first.set(visitor, at);
    }
    for (const oldest of this.first.keys()) {
      if (this.first.size <= this.bound) return;
      this.first.delete(oldest);
    }
  }
}
