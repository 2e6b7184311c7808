import type { Sql } from '@baton/persistence/sql';
import type { DeclaredTraits } from '@baton/domain/evidence/built-in-traits';

export interface Activation {
  readonly name: string;
  readonly version: number;
  readonly hash: string;
  readonly effectiveAt: number;
}

/** Types of the traits that the active playbook declares; none before the first activation. */
export async function activeTraits(sql: Sql): Promise<DeclaredTraits> {
  const [row] = await sql.query<{ traits: string }>(
    'select traits from activations where appended_at is not null order by appended_at desc, effective_at desc limit 1',
  );
  return row ? (JSON.parse(row.traits) as DeclaredTraits) : {};
}

/** Keeps an activation that was asked for; one that is known already changes nothing. */
export async function keepActivation(
  sql: Sql,
  { name, version, hash, effectiveAt }: Activation,
  traits: DeclaredTraits,
): Promise<void> {
  await sql.query(
    `insert into activations (name, version, hash, effective_at, traits) values ($1, $2, $3, $4, $5) on conflict do nothing`,
    [name, version, hash, new Date(effectiveAt).toISOString(), JSON.stringify(traits)],
  );
}

export async function nextActivationAt(sql: Sql): Promise<number | null> {
  const [row] = await sql.query<{ at: Date | null }>(
    'select min(effective_at) as at from activations where appended_at is null',
  );
  return row?.at?.getTime() ?? null;
}

/** Takes the activations whose time has come, oldest first, and marks them as appended. */
export async function takeDueActivations(sql: Sql, now: number): Promise<Activation[]> {
  const rows = await sql.query<{ name: string; version: number; hash: string; effective_at: Date }>(
    `update activations set appended_at = $1
     where (name, version, effective_at) in (
       select name, version, effective_at from activations
       where appended_at is null and effective_at <= $1 order by effective_at for update skip locked)
     returning name, version, hash, effective_at`,
    [new Date(now).toISOString()],
  );
  return rows
    .map(({ name, version, hash, effective_at }) => ({ name, version, hash, effectiveAt: effective_at.getTime() }))
    .sort((left, right) => left.effectiveAt - right.effectiveAt || left.version - right.version);
}
