import { type RosterPublished } from '@baton/contracts/definitions';
import { topics } from '@baton/contracts/topics';
import type { Effects } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller } from '@nestjs/common';
import { saveRosters } from './roster-store.js';

/** Keeps every version of the roster: an assignment names the one whose calendars its clock counts by. */
@Controller()
export class KeepRosters {
  @Consumes(topics.roster)
  async keep(batch: Batch, sql: Sql): Promise<Effects> {
    await saveRosters(
      sql,
      batch.records.map(({ envelope }) => envelope.data as RosterPublished),
    );
    return { publish: [] };
  }
}
