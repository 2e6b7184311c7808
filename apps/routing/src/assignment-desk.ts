import { type Choice, chooseOwner } from '@baton/domain/routing/choose-owner';
import type { Directory } from '@baton/domain/routing/directory';
import type { RoutingDefinition } from '@baton/domain/playbook/definition';
import type { Rotation } from '@baton/domain/routing/rotation';
import type { Sql } from '@baton/persistence/sql';
import { type Clock, CLOCK } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';
import type { Asked, OwnedLead } from './owned-lead.js';
import { PublishedPlaybooks } from './published-playbooks.js';
import { Rosters } from './rosters.js';
import { lockAccounts, lockRotations, saveAccountOwners, saveRotations } from './routing-store.js';

/** Opens, in one transaction, everything that choosing owners depends on. */
@Injectable()
export class AssignmentDesk {
  constructor(
    @Inject(Rosters) private readonly rosters: Rosters,
    @Inject(PublishedPlaybooks) private readonly playbooks: PublishedPlaybooks,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /**
   * Locks the accounts, then the rotations, that the requests may touch; the leads must be locked already. Everybody
   * locks in this order. Throws `NotYetError` for a playbook that has not arrived.
   */
  async open(sql: Sql, requests: readonly Asked[]): Promise<OpenDesk> {
    const routings = new Map<string, RoutingDefinition>();
    for (const { playbook } of requests) {
      routings.set(keyOf(playbook), (await this.playbooks.named(playbook)).routing);
    }
    const domains = new Set(requests.flatMap(({ account }) => account ?? []));
    const rules = new Set(requests.flatMap(({ holds }) => holds));
    const { directory } = await this.rosters.current(sql);
    const accounts = await lockAccounts(sql, [...domains]);
    const rotations = await lockRotations(sql, [...rules]);
    return new OpenDesk({ directory, routings, accounts, rotations, now: this.clock() });
  }
}

interface DeskContents {
  readonly directory: Directory;
  readonly routings: ReadonlyMap<string, RoutingDefinition>;
  readonly accounts: Map<string, string | null>;
  readonly rotations: Map<string, Rotation>;
  readonly now: number;
}

/** Chooses owners one after the other, each choice seeing the ones before it; `save` writes what they moved. */
export class OpenDesk {
  private readonly movedAccounts = new Map<string, string | null>();
  private readonly movedRotations = new Map<string, Rotation>();

  constructor(private readonly contents: DeskContents) {}

  get directory(): Directory {
    return this.contents.directory;
  }

  /** RFC 3339 time of the decisions. */
  get decidedAt(): string {
    return new Date(this.contents.now).toISOString();
  }

  /** The fallback team of the playbook that a request was decided under. */
  fallback({ playbook }: Asked): string {
    return this.routingOf(playbook).fallback;
  }

  choose(lead: OwnedLead, asked: Asked, reassign?: true): Choice {
    const { directory, accounts, rotations, now } = this.contents;
    const domain = asked.account;
    return chooseOwner({
      directory,
      routing: this.routingOf(asked.playbook),
      holds: asked.holds,
      now,
      current: lead.owner,
      account: { domain, owner: domain === null ? null : (accounts.get(domain) ?? null) },
      rotations: Object.fromEntries(rotations),
      // Nobody is counted yet, so capacity turns no one away.
      open: {},
      ...(reassign === undefined ? {} : { reassign }),
    });
  }

  /** Takes a choice as made: the next one sees whose turn it is now, and a colleague of the account finds its owner. */
  take({ owner, rotated }: Choice, asked: Asked): void {
    if (rotated !== undefined) {
      this.contents.rotations.set(rotated.rule, rotated.rotation);
      this.movedRotations.set(rotated.rule, rotated.rotation);
    }
    if (asked.account !== null && owner.rep !== null) {
      this.contents.accounts.set(asked.account, owner.rep);
      this.movedAccounts.set(asked.account, owner.rep);
    }
  }

  async save(sql: Sql): Promise<void> {
    await saveAccountOwners(sql, this.movedAccounts);
    await saveRotations(sql, this.movedRotations);
  }

  private routingOf(playbook: Asked['playbook']): RoutingDefinition {
    const routing = this.contents.routings.get(keyOf(playbook));
    if (routing === undefined) throw new Error(`playbook ${keyOf(playbook)} was not opened at this desk`);
    return routing;
  }
}

function keyOf({ name, version }: Asked['playbook']): string {
  return `${name}@${version}`;
}
