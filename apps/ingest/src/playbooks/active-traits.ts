import type { Sql } from '@baton/persistence/sql';
import { type Clock, CLOCK } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';
import type { DeclaredTraits } from '@baton/domain/evidence/built-in-traits';
import { activeTraits } from './activation-store.js';

/** How long an activation that another process appended may go unnoticed. */
const rememberedMs = 5000;

/** The traits that the active playbook declares, remembered so that not every batch has to ask. */
@Injectable()
export class ActiveTraits {
  private known: DeclaredTraits = {};
  private freshUntil = Number.NEGATIVE_INFINITY;

  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async read(sql: Sql): Promise<DeclaredTraits> {
    if (this.clock() < this.freshUntil) return this.known;
    this.known = await activeTraits(sql);
    this.freshUntil = this.clock() + rememberedMs;
    return this.known;
  }

  /** Another playbook is active now. */
  forget(): void {
    this.freshUntil = Number.NEGATIVE_INFINITY;
  }
}
