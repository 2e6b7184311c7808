import type { Sql } from './sql.js';

/**
 * A text that is the same for everybody on this schema and different for any other, one of the same name included that was
 * made anew or restored elsewhere: what is remembered outside the database about its content is remembered under it.
 */
export async function schemaIdentity(sql: Sql): Promise<string> {
  const [row] = await sql.query<{ identity: string }>(
    `select concat_ws('-', current_schema(), system_identifier, timeline_id, databases.oid, schemas.oid) as identity
     from pg_control_system(), pg_control_checkpoint(), pg_database databases, pg_namespace schemas
     where databases.datname = current_database() and schemas.nspname = current_schema()`,
  );
  if (!row) throw new Error('The schema of this connection does not exist');
  return row.identity;
}
