import { rosterPublished } from '@baton/contracts/definitions';
import { topics } from '@baton/contracts/topics';
import { type Directory, compileRoster } from '@baton/domain/routing/directory';
import type { Roster } from '@baton/domain/routing/roster';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { Positions } from '@baton/messaging/record';
import type { Database, Sql } from '@baton/persistence/sql';
import type { Settings } from '@baton/service-kit/settings';
import { type Clock, CLOCK, DATABASE, SETTINGS, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { firstRoster } from './first-roster.js';
import { type RosterRow, insertRoster, newestRosterVersion, readRoster } from './roster-store.js';

export interface RosterInForce extends RosterRow {
  readonly directory: Directory;
}

/** The roster in force, compiled once per version, and its replacement. */
@Injectable()
export class Rosters implements OnModuleInit {
  private inForce: RosterInForce | undefined;

  constructor(
    @Inject(DATABASE) private readonly database: Database,
    @Inject(UNIT_OF_WORK) private readonly unit: UnitOfWork,
    @Inject(SETTINGS) private readonly settings: Pick<Settings, 'rosterFile'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Gives an empty installation its first roster; refuses the start with every fault of the file. */
  async onModuleInit(): Promise<void> {
    if ((await newestRosterVersion(this.database)) > 0) return;
    await this.publish(await firstRoster(this.settings.rosterFile), 0);
  }

  /** The newest roster, whichever replica published it. Throws before the first. */
  async current(sql: Sql = this.database): Promise<RosterInForce> {
    const version = await newestRosterVersion(sql);
    if (this.inForce?.version === version) return this.inForce;
    const row = await readRoster(sql, version);
    if (row === null) throw new Error('There is no roster yet; start the routing service once, it loads one.');
    this.inForce = { ...row, directory: compileRoster(version, row.roster) };
    return this.inForce;
  }

  /** Publishes a checked roster as the version after `from`; null when somebody else was faster. */
  async publish(roster: Roster, from: number): Promise<{ row: RosterRow; positions: Positions } | null> {
    const publishedAt = new Date(this.clock()).toISOString();
    const row: RosterRow = { version: from + 1, roster, publishedAt };
    const { result, positions } = await this.unit.run(async (sql) => {
      const stored = await insertRoster(sql, row);
      const id = `roster@${row.version}`;
      const fact = {
        topic: topics.roster,
        key: 'roster',
        type: rosterPublished.type,
        id,
        time: publishedAt,
        data: row,
      };
      return { result: stored, publish: stored ? [fact] : [] };
    });
    return result ? { row, positions } : null;
  }
}
