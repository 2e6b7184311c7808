import type { PlaybookRef } from '@baton/contracts/lead-scores';
import type { Playbook } from '@baton/domain/playbook/definition';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { Database, Sql } from '@baton/persistence/sql';
import { DATABASE } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';
import {
  type PlaybookRow,
  type PlaybookVersion,
  readActiveVersions,
  readPlaybooks,
  writeActiveVersion,
} from './qualification-store.js';

/** A published version, compiled, with the reference that every decision names. */
export interface PublishedPlaybook {
  readonly ref: PlaybookRef;
  readonly playbook: Playbook;
  readonly row: PlaybookRow;
}

/** The published definitions, compiled once each, and which of them governs each partition of `lead.events`. */
@Injectable()
export class Playbooks {
  private published = new Map<string, PublishedPlaybook>();
  private active = new Map<number, PlaybookVersion>();

  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** Reads what has been published and activated since; called before work and when a version is not known yet. */
  async refresh(): Promise<void> {
    for (const row of (await readPlaybooks(this.database)).reverse()) {
      const key = keyOf(row);
      if (!this.published.has(key)) this.published.set(key, compilePublished(row));
    }
    this.active = await readActiveVersions(this.database);
  }

  /** The definition that governs a partition; before its first marker, the first version ever published. */
  async governing(partition: number): Promise<PublishedPlaybook> {
    const active = this.active.get(partition) ?? [...this.published.values()][0]?.row;
    const known = active && this.published.get(keyOf(active));
    if (known) return known;
    await this.refresh();
    const [first] = this.published.values();
    const found = active ? this.published.get(keyOf(active)) : first;
    if (!found) throw new Error('No playbook has been published yet; the partition waits for the first one.');
    return found;
  }

  /** The version a marker names; throws while its definition has not arrived, so that the partition waits for it. */
  async named(version: PlaybookVersion): Promise<PublishedPlaybook> {
    if (!this.published.has(keyOf(version))) await this.refresh();
    const found = this.published.get(keyOf(version));
    if (!found) throw new Error(`Playbook ${keyOf(version)} is activated but not published here; the partition waits for it.`);
    return found;
  }

  /** Stores a partition's switch in the batch's transaction; `activated` makes it visible once that has committed. */
  async activate(sql: Sql, partition: number, version: PlaybookVersion): Promise<void> {
    await writeActiveVersion(sql, partition, version);
  }

  activated(partition: number, version: PlaybookVersion): void {
    this.active.set(partition, version);
  }

  all(): readonly PublishedPlaybook[] {
    return [...this.published.values()];
  }
}

function keyOf({ name, version }: PlaybookVersion): string {
  return `${name}@${version}`;
}

function compilePublished(row: PlaybookRow): PublishedPlaybook {
  const { playbook, faults } = compilePlaybook(row.source);
  if (!playbook) throw new Error(`Published playbook ${keyOf(row)} no longer compiles: ${faults[0]?.message ?? ''}`);
  return { ref: { name: row.name, version: row.version, hash: row.hash }, playbook, row };
}
