import { type Directory, compileRoster } from '@baton/domain/routing/directory';
import type { CalendarOf } from '@baton/domain/sla/clock';
import { NotYetError } from '@baton/messaging/handler';
import type { Sql } from '@baton/persistence/sql';
import { Injectable } from '@nestjs/common';
import { readRosterFrom } from './roster-store.js';

/** Business hours of teams, by the version of the roster that a decision names; compiled once each. */
@Injectable()
export class TeamCalendars {
  private readonly compiled = new Map<number, Directory>();

  /** Answers calendars of these roster versions; throws `NotYetError` while one has not arrived. */
  async of(sql: Sql, versions: ReadonlySet<number>): Promise<CalendarOf> {
    const directories = new Map<number, Directory>();
    for (const version of versions) directories.set(version, await this.directory(sql, version));
    return ({ team, rosterVersion }) => {
      const directory = directories.get(rosterVersion);
      const name = directory?.teams.get(team ?? '')?.calendar;
      const calendar = name === undefined ? undefined : directory?.calendars.get(name);
      return name === undefined || calendar === undefined ? null : { name, calendar };
    };
  }

  private async directory(sql: Sql, version: number): Promise<Directory> {
    const known = this.compiled.get(version);
    if (known !== undefined) return known;
    const row = await readRosterFrom(sql, version);
    if (row === null) throw new NotYetError(`Roster ${version} has not arrived on the topic roster yet`);
    const directory = compileRoster(row.version, row.roster);
    if (row.version === version) this.compiled.set(version, directory);
    return directory;
  }
}
