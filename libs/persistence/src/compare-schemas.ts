import { createHash } from 'node:crypto';
import { quoteIdentifier } from './quote-identifier.js';
import type { Database, Sql } from './sql.js';

type Row = Readonly<Record<string, unknown>>;

export interface Comparison {
  /** Two schemas of the database. */
  readonly schemas: readonly [string, string];
  /** Tables that are not compared. */
  readonly without: readonly string[];
  /** The part of a row that must be equal. */
  readonly part: (table: string, row: Row) => Row;
}

export interface TableDifference {
  readonly table: string;
  /** Rows in the first schema. */
  readonly rows: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
}

const rowsAtOnce = 2000;

/** Compares every row of every table and view that either schema has, as sets with repetition; the order of rows and of JSON's fields is nothing. */
export async function compareSchemas(
  database: Database,
  { schemas, without, part }: Comparison,
): Promise<TableDifference[]> {
  return database.transaction(async (sql) => {
    await sql.query('set transaction isolation level repeatable read, read only');
    const tables = await sql.query<{ name: string }>(
      `select distinct relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
       where nspname = any($1::text[]) and relkind in ('r', 'p', 'v') and not relispartition and not relname = any($2::text[])
       order by name`,
      [schemas, without],
    );
    const differences: TableDifference[] = [];
    for (const { name } of tables) {
      const counts = new Map<string, number>();
      const rows = await countRows(sql, [schemas[0], name], (row) => add(counts, part(name, row), 1));
      await countRows(sql, [schemas[1], name], (row) => add(counts, part(name, row), -1));
      const sum = (sign: 1 | -1) => [...counts.values()].reduce((all, count) => all + Math.max(0, sign * count), 0);
      differences.push({ table: name, rows, onlyFirst: sum(1), onlySecond: sum(-1) });
    }
    return differences;
  });
}

async function countRows(
  sql: Sql,
  [schema, table]: readonly [string, string],
  take: (row: Row) => void,
): Promise<number> {
  const [known] = await sql.query<{ name: string | null }>('select to_regclass($1) as name', [
    `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`,
  ]);
  if (!known?.name) return 0;
  await sql.query(
    `declare compared cursor for select to_json(stored) as row from ${quoteIdentifier(schema)}.${quoteIdentifier(table)} stored`,
  );
  let rows = 0;
  for (let read = rowsAtOnce; read === rowsAtOnce; rows += read) {
    const batch = await sql.query<{ row: Row }>(`fetch ${rowsAtOnce} from compared`);
    for (const { row } of batch) take(row);
    read = batch.length;
  }
  await sql.query('close compared');
  return rows;
}

function add(counts: Map<string, number>, row: Row, by: 1 | -1): void {
  const hash = createHash('sha256')
    .update(JSON.stringify(inOrder(row)))
    .digest('base64url')
    .slice(0, 22);
  const count = (counts.get(hash) ?? 0) + by;
  if (count === 0) counts.delete(hash);
  else counts.set(hash, count);
}

/** Texts that are JSON are compared as what they say. */
function inOrder(value: unknown): unknown {
  if (typeof value === 'string' && /^[[{]/.test(value)) return fromText(value);
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, inner]) => [name, inOrder(inner)]),
  );
}

function fromText(text: string): unknown {
  try {
    return inOrder(JSON.parse(text));
  } catch {
    return text;
  }
}
