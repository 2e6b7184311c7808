import { type ListedClock, slaMonitorRoutes } from '@baton/contracts/http/sla-monitor';
import { acknowledgeClock } from '@baton/domain/sla/clock';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { Database } from '@baton/persistence/sql';
import type { Principal } from '@baton/service-kit/principal';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves, answer } from '@baton/service-kit/serves';
import { type Clock, CLOCK, DATABASE, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { clockFacts } from './clock-facts.js';
import { type StoredClock, acknowledgeStored, listClocks, lockLeads, readClock, saveLeads } from './clock-store.js';

/** The clocks as they stand, and saying that one has seen them. */
@Controller()
export class ClocksController {
  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(UNIT_OF_WORK) private readonly unit: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Serves(slaMonitorRoutes.listClocks)
  async list({ query }: Call<typeof slaMonitorRoutes.listClocks>) {
    const { state = null, limit, cursor } = query;
    const found = await listClocks(this.database, {
      state: state as string | null,
      limit: limit + 1,
      after: placeOf(cursor),
    });
    const items = found.slice(0, limit).map(listed);
    const last = items.at(-1);
    return { items, next: found.length > limit && last !== undefined ? cursorAt(last) : null };
  }

  @Serves(slaMonitorRoutes.acknowledge)
  async acknowledge({ params, principal }: Call<typeof slaMonitorRoutes.acknowledge>) {
    const { id } = params;
    const { lead, cycle } = partsOf(id);
    const { result, positions } = await this.unit.run(async (sql) => {
      const at = this.clock();
      const [watched] = await lockLeads(sql, [lead], []);
      const by = { name: nameOf(principal), at };
      const fact = watched === undefined ? 'unknown' : acknowledgeClock(watched.clocks, cycle, by);
      if (fact === 'unknown' || watched === undefined) throw unknown(id);
      if (fact === 'over') throw problem(409, 'Nothing to acknowledge', `Clock ${id} no longer waits for a touch.`);
      const publish = clockFacts([fact], { lead, sequence: watched.sequence, decidedAt: at });
      await saveLeads(sql, [{ ...watched, sequence: watched.sequence + publish.length }]);
      await acknowledgeStored(sql, id, { name: by.name, at: new Date(at).toISOString() });
      return { result: await readClock(sql, id), publish };
    });
    if (result === null) throw unknown(id);
    return answer(listed(result), { after: positions });
  }
}

function listed({ lead, clock, acknowledged }: StoredClock): ListedClock {
  return { lead, ...clock, acknowledged };
}

function nameOf({ rep, name }: Principal): string {
  return rep === undefined ? name : `rep:${rep}`;
}

/** A clock's id is `<lead id>:<cycle>`; lead ids may contain colons themselves. */
function partsOf(id: string): { lead: string; cycle: number } {
  const colon = id.lastIndexOf(':');
  return { lead: id.slice(0, Math.max(colon, 0)), cycle: Number(id.slice(colon + 1)) };
}

function unknown(id: string) {
  return problem(404, 'No such clock', `There is no clock ${id}; see GET /api/clocks.`);
}

function cursorAt({ dueAt, id }: ListedClock): string {
  return Buffer.from(JSON.stringify([dueAt, id])).toString('base64url');
}

function placeOf(cursor: string | undefined): { dueAt: string; id: string } | null {
  if (cursor === undefined) return null;
  const [dueAt, id] = parsed(Buffer.from(cursor, 'base64url').toString());
  if (typeof dueAt === 'string' && typeof id === 'string' && !Number.isNaN(Date.parse(dueAt)))
    return { dueAt: new Date(dueAt).toISOString(), id };
  const errors = [{ path: '/query/cursor', message: 'must be the `next` of an earlier answer' }];
  throw problem(400, 'Invalid request', '/query/cursor must be the `next` of an earlier answer', { errors });
}

function parsed(text: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
