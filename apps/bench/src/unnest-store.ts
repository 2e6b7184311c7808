import { log } from './log.js';
import { startEmbeddedPostgres } from '@baton/persistence/embedded-postgres';
import { openDatabase } from '@baton/persistence/open-database';
import { quoteIdentifier as quoted } from '@baton/persistence/quote-identifier';
import type { Sql } from '@baton/persistence/sql';

export interface UnnestResult {
  readonly rows: number;
  readonly tables: number;
  readonly seconds: number;
}

interface Table {
  readonly schema: string;
  readonly name: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

const chunk = 500;

/**
 * Writes exactly the rows that the pipeline has written, once more and as fast as `unnest` can: same tables without their
 * indexes' history, same keys, 500 rows a statement and commit, one connection. Only the writing is timed.
 */
export async function measureUnnest(home: string): Promise<UnnestResult> {
  const postgres = await startEmbeddedPostgres({ home, log });
  const database = await openDatabase({ url: postgres.socketUrl, schema: 'bench', poolSize: 1 });
  try {
    const tables = await findTables(database);
    let rows = 0;
    let seconds = 0;
    for (const table of tables) {
      const copied = await copyTable(database, table);
      rows += copied.rows;
      seconds += copied.seconds;
    }
    return { rows, tables: tables.length, seconds };
  } finally {
    await database.close();
    await postgres.stop();
  }
}

async function findTables(sql: Sql): Promise<Table[]> {
  const rows = await sql.query<{ schema: string; name: string; columns: { name: string; type: string }[] }>(
    `select namespace.nspname as schema, relation.relname as name,
            json_agg(json_build_object('name', attribute.attname, 'type', format_type(attribute.atttypid, null))
                     order by attribute.attnum) as columns
     from pg_class relation
     join pg_namespace namespace on namespace.oid = relation.relnamespace
     join pg_attribute attribute on attribute.attrelid = relation.oid and attribute.attnum > 0 and not attribute.attisdropped
     where relation.relkind in ('r', 'p') and not relation.relispartition and attribute.attgenerated = ''
       and namespace.nspname not in ('pg_catalog', 'information_schema', 'bench', 'public')
     group by 1, 2`,
  );
  return rows;
}

async function copyTable(sql: Sql, table: Table): Promise<{ rows: number; seconds: number }> {
  const source = `${quoted(table.schema)}.${quoted(table.name)}`;
  const target = `${quoted(`${table.schema}_${table.name}`)}`;
  const names = table.columns.map(({ name }) => quoted(name)).join(', ');
  await sql.query(`create table ${target} (like ${source} including defaults including indexes including storage)`);
  await sql.query(
    `create temporary table numbered as select row_number() over () as bench_number, ${names} from ${source}`,
  );
  await sql.query('create index on numbered (bench_number)');
  const [{ count }] = (await sql.query<{ count: string }>('select count(*) from numbered')) as [{ count: string }];
  let seconds = 0;
  for (let from = 1; from <= Number(count); from += chunk) {
    const values = await readChunk(sql, table, from);
    const began = performance.now();
    await sql.query(insertStatement(target, table), values);
    seconds += (performance.now() - began) / 1000;
  }
  await sql.query('drop table numbered');
  return { rows: Number(count), seconds };
}

/** Values travel as text, which every type reads back. */
async function readChunk(sql: Sql, { columns }: Table, from: number): Promise<unknown[][]> {
  const texts = columns.map(({ name }, index) => `array_agg(${quoted(name)}::text order by bench_number) as c${index}`);
  const [row] = await sql.query<Record<string, string[]>>(
    `select ${texts.join(', ')} from numbered where bench_number >= $1 and bench_number < $2`,
    [from, from + chunk],
  );
  return columns.map((_, index) => row![`c${index}`]!);
}

function insertStatement(target: string, { columns }: Table): string {
  const names = columns.map(({ name }) => quoted(name)).join(', ');
  const values = columns.map(({ type }, index) => `c${index}::${type}`).join(', ');
  const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ');
  const aliases = columns.map((_, index) => `c${index}`).join(', ');
  return `insert into ${target} (${names}) select ${values} from unnest(${arrays}) as given(${aliases})`;
}
