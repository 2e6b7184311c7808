import type { DataOf } from '@baton/contracts/envelope';
import { playbookPublished } from '@baton/contracts/definitions';
import { topics } from '@baton/contracts/topics';
import type { Effects } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { Playbooks } from './playbooks.js';

/** Keeps every published definition, so that a partition can switch to it when its marker comes. */
@Controller()
export class LearnPlaybooks {
  constructor(@Inject(Playbooks) private readonly playbooks: Playbooks) {}

  @Consumes(topics.playbooks)
  async learn({ records }: Batch, sql: Sql): Promise<Effects> {
    for (const { envelope } of records) {
      const { name, version, hash, source, publishedAt, bootstrap } = envelope.data as DataOf<typeof playbookPublished>;
      await this.playbooks.publish(sql, { name, version, hash, source, publishedAt, bootstrap: bootstrap === true });
    }
    return { publish: [] };
  }
}
