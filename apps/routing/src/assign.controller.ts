import { type Assigned, routingRoutes } from '@baton/contracts/http/routing';
import { type Directory, teamOfRep } from '@baton/domain/routing/directory';
import { type Owner, ownerName, parseOwner, sameOwner } from '@baton/domain/routing/owner';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { Sql } from '@baton/persistence/sql';
import type { Principal } from '@baton/service-kit/principal';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves, answer } from '@baton/service-kit/serves';
import { type Clock, CLOCK, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { type OwnedLead, assigned } from './owned-lead.js';
import { Rosters } from './rosters.js';
import { lockAccounts, lockLeads, saveAccountOwners, saveLeads } from './routing-store.js';

/** A person gives a lead to somebody: no rule is asked, and colleagues of the account follow. */
@Controller()
export class AssignController {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unit: UnitOfWork,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Rosters) private readonly rosters: Rosters,
  ) {}

  @Serves(routingRoutes.assign)
  async assign({ params, body, principal }: Call<typeof routingRoutes.assign>) {
    const { result, positions } = await this.unit.run(async (sql) => {
      const lead = (await lockLeads(sql, [params.id])).get(params.id);
      const current = ownedOrRefused(lead, params.id);
      const { directory, version } = await this.rosters.current(sql);
      const owner = ownerNamed(body.to, directory, current.owner);
      if (sameOwner(owner, current.owner))
        throw problem(409, 'Already the owner', `${ownerName(owner)} owns lead ${params.id} already.`);
      await followAccount(sql, current, owner);
      const decidedAt = new Date(this.clock()).toISOString();
      const decision = {
        by: 'person' as const,
        tried: [],
        rosterVersion: version,
        ...(body.note === undefined ? {} : { note: body.note }),
      };
      const given = assigned(current, { owner, decision, at: decidedAt, decidedAt, actor: actorOf(principal) });
      await saveLeads(sql, [given.lead]);
      const result: Assigned = {
        lead: params.id,
        cycle: current.cycle,
        at: decidedAt,
        owner,
        previous: current.owner,
        decision,
      };
      return { result, publish: [given.fact] };
    });
    return answer(result, { after: positions });
  }
}

function ownedOrRefused(lead: OwnedLead | undefined, id: string): OwnedLead {
  if (lead === undefined) {
    throw problem(
      404,
      'No owned lead',
      `Lead ${id} is unknown or has no owner yet; leads get one when they become an MQL or SQL.`,
    );
  }
  if (lead.left !== undefined)
    throw problem(404, 'No such lead', `Lead ${id} goes on as another one; GET /api/leads/${id} leads there.`);
  if (lead.owner === null)
    throw problem(
      409,
      'No owner yet',
      `Lead ${id} gets its first owner by the playbook's rules; try again in a moment.`,
    );
  return lead;
}

function ownerNamed(to: string, directory: Directory, current: Owner | null): Owner {
  const named = parseOwner(to) ?? { rep: null, team: null };
  const known = named.rep === null ? directory.teams.has(named.team ?? '') : directory.reps.has(named.rep);
  if (!known) {
    const choices = [...directory.reps.keys()]
      .map((id) => `rep:${id}`)
      .concat([...directory.teams.keys()].map((id) => `team:${id}`));
    const message = `is not on the roster; possible are ${choices.slice(0, 30).join(', ')}`;
    throw problem(422, 'Unknown owner', `${to} ${message}`, { errors: [{ path: '/body/to', message }] });
  }
  if (named.rep === null) return named;
  const kept = current?.team != null && directory.teams.get(current.team)?.members.includes(named.rep);
  return { rep: named.rep, team: kept ? current.team : (teamOfRep(directory, named.rep)?.id ?? null) };
}

async function followAccount(sql: Sql, lead: OwnedLead, owner: Owner): Promise<void> {
  const domain = lead.asked?.account;
  if (domain == null || owner.rep === null) return;
  await lockAccounts(sql, [domain]);
  await saveAccountOwners(sql, new Map([[domain, owner.rep]]));
}

function actorOf({ rep, name }: Principal): string {
  return rep === undefined ? name : `rep:${rep}`;
}
