import { type KeyPublished, keyPublished } from '@baton/contracts/definitions';
import { keysRoutes } from '@baton/contracts/http/keys';
import { topics } from '@baton/contracts/topics';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { Publication } from '@baton/messaging/record';
import type { Database } from '@baton/persistence/sql';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves, answer } from '@baton/service-kit/serves';
import { type Clock, CLOCK, DATABASE, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { type StoredKey, insertKey, listKeys, lockKey, markRevoked } from './key-store.js';

type NewKey = Call<typeof keysRoutes.create>['body'];

const shownOfHash = 12;

/** Makes, lists and revokes keys, and tells every process on `access`; only hashes are kept and told. */
@Controller()
export class KeysController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(UNIT_OF_WORK) private readonly unit: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Serves(keysRoutes.list)
  async list() {
    return { items: (await listKeys(this.database)).map(shown), next: null };
  }

  @Serves(keysRoutes.create)
  async create({ body }: Call<typeof keysRoutes.create>) {
    refuseHalfAKey(body);
    const key = `baton_${body.kind}_${randomBytes(24).toString('base64url')}`;
    const stored: StoredKey = {
      id: randomUUID(),
      kind: body.kind,
      name: body.name,
      hash: createHash('sha256').update(key).digest('hex'),
      source: body.source ?? null,
      role: body.role ?? null,
      createdAt: new Date(this.clock()),
      revokedAt: null,
    };
    const { positions } = await this.unit.run(async (sql) => {
      await insertKey(sql, stored);
      return { result: undefined, publish: [publication(stored)] };
    });
    return answer({ ...shown(stored), key }, { status: 201, after: positions });
  }

  @Serves(keysRoutes.revoke)
  async revoke({ params }: Call<typeof keysRoutes.revoke>) {
    const { result, positions } = await this.unit.run(async (sql) => {
      const key = await lockKey(sql, params.id);
      if (!key) throw problem(404, 'No such key', `No key has the id ${params.id}; GET /api/keys lists them`);
      if (key.revokedAt) return { result: key, publish: [] };
      const revoked = { ...key, revokedAt: new Date(this.clock()) };
      await markRevoked(sql, key.id, revoked.revokedAt);
      return { result: revoked, publish: [publication(revoked)] };
    });
    return answer(shown(result), { after: positions });
  }
}

/** A write key stands for a source, a secret key has a role; neither has the other. */
function refuseHalfAKey({ kind, source, role }: NewKey): void {
  const faults = [
    kind === 'write' && source === undefined && { path: '/body/source', message: 'is required of a write key' },
    kind === 'write' && role !== undefined && { path: '/body/role', message: 'is not for write keys; leave it out' },
    kind === 'secret' && role === undefined && { path: '/body/role', message: 'is required of a secret key' },
    kind === 'secret' &&
      source !== undefined && { path: '/body/source', message: 'is not for secret keys; leave it out' },
  ].filter((fault) => fault !== false);
  const [first] = faults;
  if (first) throw problem(400, 'Invalid request', `${first.path} ${first.message}`, { errors: faults });
}

function shown({ id, kind, name, hash, source, role, createdAt, revokedAt }: StoredKey) {
  return {
    id,
    kind,
    name,
    hashPrefix: hash.slice(0, shownOfHash),
    source,
    role,
    createdAt: createdAt.toISOString(),
    revokedAt: revokedAt?.toISOString() ?? null,
  };
}

function publication({ id, kind, name, hash, source, role, createdAt, revokedAt }: StoredKey): Publication {
  const data: KeyPublished = {
    id,
    kind,
    hash,
    name,
    createdAt: createdAt.toISOString(),
    ...(source !== null && { source }),
    ...(role !== null && { role }),
    ...(revokedAt !== null && { revokedAt: revokedAt.toISOString() }),
  };
  return {
    topic: topics.access,
    key: id,
    type: keyPublished.type,
    id: `${id}/${revokedAt ? 'revoked' : 'created'}`,
    time: data.revokedAt ?? data.createdAt,
    data,
  };
}
