import type { PlaybookPublished } from '@baton/contracts/definitions';
import { topics } from '@baton/contracts/topics';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { SlaTier } from '@baton/domain/playbook/definition';
import { NotYetError } from '@baton/messaging/handler';
import type { Transport } from '@baton/messaging/transport';
import { TRANSPORT } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';

export interface PlaybookVersion {
  readonly name: string;
  readonly version: number;
}

/** The SLA tiers of every published playbook, read from the compacted topic and compiled once each. */
@Injectable()
export class PublishedSlas {
  private readonly known = new Map<string, readonly SlaTier[]>();

  constructor(@Inject(TRANSPORT) private readonly transport: Transport) {}

  /** Makes the tiers of these versions known; throws `NotYetError` while one has not arrived. */
  async learn(versions: readonly PlaybookVersion[]): Promise<void> {
    const missing = () => versions.find((version) => !this.known.has(keyOf(version)));
    if (missing() !== undefined) await this.read();
    const absent = missing();
    if (absent !== undefined)
      throw new NotYetError(`Playbook ${keyOf(absent)} has not arrived on the topic playbooks yet`);
  }

  /** A tier of a version that was learnt; null when that version has none of this id. */
  tier(version: PlaybookVersion, id: string): SlaTier | null {
    return this.known.get(keyOf(version))?.find((tier) => tier.id === id) ?? null;
  }

  private async read(): Promise<void> {
    for (const { records } of await this.transport.readTable(topics.playbooks)) {
      for (const { envelope } of records) {
        const published = envelope.data as PlaybookPublished;
        if (this.known.has(keyOf(published))) continue;
        const { playbook } = compilePlaybook(published.source);
        if (playbook) this.known.set(keyOf(published), playbook.definition.slas);
      }
    }
  }
}

function keyOf({ name, version }: PlaybookVersion): string {
  return `${name}@${version}`;
}
