/** How much may be taken from a bucket: a burst at once, then so much a second. */
export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * What the replicas of one service share to be quick and fair, never to be right: all of it may be lost at any moment, and
 * nothing here ever rejects or makes a caller wait longer than some 50 ms. With Redis it is shared; without, or while Redis
 * is away, each process is on its own.
 */
export interface HotState {
  /** Takes `cost` from a bucket and answers 0, or answers after how many milliseconds there is something to take again. */
  take(bucket: string, limit: RateLimit, cost: number): Promise<number>;
  /** Which of the ids, by their index, some replica noted within the last 12 to 24 hours. It may have forgotten. */
  noted(ids: readonly string[]): Promise<ReadonlySet<number>>;
  /** Notes ids for every replica, without waiting. */
  note(ids: readonly string[]): void;
  /** Tells the other replicas, without waiting; who does not listen just now never hears of it. */
  tell(channel: string, text: string): void;
  /** Hears what other replicas tell, not this one. */
  hear(channel: string, listener: (text: string) => void): void;
}

/** Where hot state comes from in this process. */
export interface HotStates {
  /** The state that belongs to one scope: a service on its own data. Replicas name the same scope. */
  of(scope: string): HotState;
  /** Why the state is not shared although it should be; undefined when all is well. */
  trouble(): string | undefined;
  close(): Promise<void>;
}
