import { type RosterDocument, routingRoutes } from '@baton/contracts/http/routing';
import { validateRoster } from '@baton/domain/routing/roster';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves, answer } from '@baton/service-kit/serves';
import { Controller, Inject } from '@nestjs/common';
import { PublishedPlaybooks } from './published-playbooks.js';
import type { RosterRow } from './roster-store.js';
import { Rosters } from './rosters.js';

/** The roster, read and replaced whole. */
@Controller()
export class RosterController {
  constructor(
    @Inject(Rosters) private readonly rosters: Rosters,
    @Inject(PublishedPlaybooks) private readonly playbooks: PublishedPlaybooks,
  ) {}

  @Serves(routingRoutes.getRoster)
  async get(_call: Call<typeof routingRoutes.getRoster>): Promise<RosterDocument> {
    return documentOf(await this.rosters.current());
  }

  @Serves(routingRoutes.putRoster)
  async put({ body }: Call<typeof routingRoutes.putRoster>) {
    const { version: madeFrom, publishedAt: _publishedAt, ...document } = body;
    const checked = validateRoster(document);
    if ('faults' in checked) throw invalid(checked.faults);
    await this.refuseDroppedTeams(checked.roster.teams.map(({ id }) => id));
    const { version } = await this.rosters.current();
    if (madeFrom !== undefined && madeFrom !== version) throw outdated(version);
    const published = await this.rosters.publish(checked.roster, version);
    if (published === null) throw outdated(version + 1);
    return answer(documentOf(published.row), { after: published.positions });
  }

  private async refuseDroppedTeams(teams: readonly string[]): Promise<void> {
    const active = await this.playbooks.active();
    if (active === null) return;
    const named = [active.routing.fallback, ...active.routing.rules.map(({ to }) => to)];
    const dropped = [...new Set(named)].filter(
      (to) => to.startsWith('team:') && !teams.includes(to.slice('team:'.length)),
    );
    if (dropped.length === 0) return;
    const message = `the active playbook ${active.metadata.name} routes leads to ${dropped.join(', ')}; keep the team, or activate a playbook without it first`;
    throw invalid([{ path: '/teams', message }]);
  }
}

function invalid(faults: readonly { path: string; message: string }[]) {
  const errors = faults.map(({ path, message }) => ({ path: `/body${path}`, message }));
  const [first] = errors;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return problem(400, 'Invalid roster', `${first?.path} ${first?.message}${more}`, { errors });
}

function outdated(version: number) {
  const advice = `The roster in force is version ${version} by now; read it with GET /api/roster and make the change there.`;
  return problem(409, 'Roster has changed', advice, { version });
}

function documentOf({ version, publishedAt, roster }: RosterRow): RosterDocument {
  return { version, publishedAt, ...roster } as RosterDocument;
}
