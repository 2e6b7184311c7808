import type { PlaybookPublished } from '@baton/contracts/definitions';
import { topics } from '@baton/contracts/topics';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { PlaybookDefinition } from '@baton/domain/playbook/definition';
import { NotYetError } from '@baton/messaging/handler';
import type { Transport } from '@baton/messaging/transport';
import { TRANSPORT } from '@baton/service-kit/tokens';
import { Inject, Injectable } from '@nestjs/common';

interface Published {
  readonly definition: PlaybookDefinition;
  readonly activatedAt: string | null;
}

/** The published definitions, read from the compacted topic and compiled once each. */
@Injectable()
export class PublishedPlaybooks {
  private readonly known = new Map<string, Published>();

  constructor(@Inject(TRANSPORT) private readonly transport: Transport) {}

  /** The version that a fact names; throws `NotYetError` while it has not arrived, so that the partition waits for it. */
  async named({ name, version }: { name: string; version: number }): Promise<PlaybookDefinition> {
    const key = `${name}@${version}`;
    if (!this.known.has(key)) await this.read();
    const found = this.known.get(key);
    if (found === undefined) throw new NotYetError(`Playbook ${key} has not arrived on the topic playbooks yet`);
    return found.definition;
  }

  /** The definition activated last; null before the first. */
  async active(): Promise<PlaybookDefinition | null> {
    await this.read();
    const activated = [...this.known.values()].filter(({ activatedAt }) => activatedAt !== null);
    const newest = activated.toSorted((a, b) => String(a.activatedAt).localeCompare(String(b.activatedAt))).at(-1);
    return newest?.definition ?? null;
  }

  private async read(): Promise<void> {
    for (const { records } of await this.transport.readTable(topics.playbooks)) {
      for (const { envelope } of records) this.learn(envelope.data as PlaybookPublished);
    }
  }

  private learn({ name, version, source, activation }: PlaybookPublished): void {
    const key = `${name}@${version}`;
    const definition = this.known.get(key)?.definition ?? compilePlaybook(source).playbook?.definition;
    if (definition !== undefined) this.known.set(key, { definition, activatedAt: activation?.effectiveAt ?? null });
  }
}
