import { playbookPublished } from '@baton/contracts/definitions';
import { topics } from '@baton/contracts/topics';
import { runExamples } from '@baton/domain/examples/run-example';
import { compilePlaybook } from '@baton/domain/playbook/compile-playbook';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { PublishedVersion } from '@baton/persistence/playbook-versions';
import type { Settings } from '@baton/service-kit/settings';
import { StartRefusal } from '@baton/service-kit/start-refusal';
import { type Clock, CLOCK, SETTINGS, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { Playbooks } from './playbooks.js';

/** Publishes and asks to activate the first definition of an empty installation: unsigned, marked as bootstrap. */
@Injectable()
export class BootstrapPlaybook implements OnModuleInit {
  constructor(
    @Inject(UNIT_OF_WORK) private readonly unit: UnitOfWork,
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Playbooks) private readonly playbooks: Playbooks,
  ) {}

  /** Refuses the start with every fault of the file when it does not compile or an example fails. */
  async onModuleInit(): Promise<void> {
    await this.playbooks.refresh();
    if (this.playbooks.all().length > 0) return;
    await this.publish(await readDefinition(this.settings.playbookFile ?? starter()));
    await this.playbooks.refresh();
  }

  private async publish({ name, source }: { name: string; source: string }): Promise<void> {
    const publishedAt = new Date(this.clock()).toISOString();
    const hash = createHash('sha256').update(source).digest('hex');
    const row: PublishedVersion = { name, version: 1, hash, source, publishedAt, bootstrap: true };
    await this.unit.run(async (sql) => {
      const first = await this.playbooks.publish(sql, row);
      const data = { ...row, signatures: [], activation: { effectiveAt: publishedAt } };
      const id = `playbook:${name}@1`;
      const fact = {
        topic: topics.playbooks,
        key: `${name}@1`,
        type: playbookPublished.type,
        id,
        time: publishedAt,
        data,
      };
      return { result: null, publish: first ? [fact] : [] };
    });
  }
}

/** The commented default that a new company would want. */
function starter(): string {
  return fileURLToPath(import.meta.resolve('@baton/domain/presets/starter.yaml'));
}

async function readDefinition(file: string): Promise<{ name: string; source: string }> {
  const source = await readFile(file, 'utf8');
  const { playbook, faults } = compilePlaybook(source);
  if (!playbook) {
    const lines = faults.map(({ line, column, path, message }) => `${file}:${line}:${column} ${path}: ${message}`);
    throw new StartRefusal('The playbook does not compile:', lines);
  }
  const failing = runExamples(playbook).filter(({ passed }) => !passed);
  if (failing.length > 0) {
    const lines = failing.map(({ name }) => `example "${name}" fails; run: npx baton playbook test ${file}`);
    throw new StartRefusal('The playbook does not do what its examples say:', lines);
  }
  return { name: playbook.definition.metadata.name, source };
}
