/** A connection inside one transaction, or a pool outside any. Parameters are `$1`, `$2`, …; bigint columns come back as text. */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
}

/**
 * One service's view of PostgreSQL: its own schema is the search path, other services' tables are out of sight.
 * `transaction` commits when `work` resolves and rolls back when it rejects; the error comes through unchanged.
 */
export interface Database extends Sql {
  readonly schema: string;
  transaction<Result>(work: (sql: Sql) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** One numbered step of a service's schema: explicit SQL, run once, in order, inside a transaction under an advisory lock. */
export interface Migration {
  /** `0001_leads`: number and what it brings. */
  readonly name: string;
  readonly up: string;
}
