import type { Role } from '@baton/contracts/definitions';
import type { Sql } from '@baton/persistence/sql';

/** A key as ingest keeps it: never the key itself. */
export interface StoredKey {
  readonly id: string;
  readonly kind: 'write' | 'secret';
  readonly name: string;
  /** SHA-256 of the key, hex. */
  readonly hash: string;
  readonly source: string | null;
  readonly role: Role | null;
  readonly createdAt: Date;
  readonly revokedAt: Date | null;
}

const columns = 'id, kind, name, hash, source, role, created_at as "createdAt", revoked_at as "revokedAt"';

export async function insertKey(sql: Sql, key: StoredKey): Promise<void> {
  await sql.query(
    'insert into keys (id, kind, name, hash, source, role, created_at) values ($1, $2, $3, $4, $5, $6, $7)',
    [key.id, key.kind, key.name, key.hash, key.source, key.role, key.createdAt],
  );
}

/** Newest first. */
export function listKeys(sql: Sql): Promise<readonly StoredKey[]> {
  return sql.query<StoredKey>(`select ${columns} from keys order by created_at desc, id`);
}

/** The key, locked to the end of the transaction. */
export async function lockKey(sql: Sql, id: string): Promise<StoredKey | undefined> {
  const [key] = await sql.query<StoredKey>(`select ${columns} from keys where id = $1 for update`, [id]);
  return key;
}

export async function markRevoked(sql: Sql, id: string, at: Date): Promise<void> {
  await sql.query('update keys set revoked_at = $2 where id = $1', [id, at]);
}
