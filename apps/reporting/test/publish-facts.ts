import { type Topic, topics } from '@baton/contracts/topics';
import type { Positions } from '@baton/messaging/record';
import { openDatabase } from '@baton/persistence/open-database';
import type { Database } from '@baton/persistence/sql';
import { afterToken } from '@baton/service-kit/freshness';
import type { TestRun } from '@baton/testing/run-service';
import type { Fact } from './facts.js';

/** Stands in for the services that produce what reporting reads: publishes facts from their schemas. */
export class Producers {
  private readonly databases = new Map<string, Database>();

  constructor(private readonly run: TestRun) {}

  /** Publishes the facts topic by topic; answers a `Baton-After` token for all of them. */
  async publish(facts: readonly Fact[]): Promise<string> {
    const reached: Positions = {};
    for (const [name, ofTopic] of Map.groupBy(facts, (fact) => fact.topic)) {
      const topic = topicNamed(name);
      const unit = this.run.transport.unitOfWork(topic.producer, await this.databaseOf(topic.producer));
      const publish = ofTopic.map(({ lead, type, id, data }, index) => {
        return { topic, key: lead, type, id, time: '2026-03-02T09:00:00.000Z', data, sequence: index + 1 };
      });
      Object.assign(reached, (await unit.run(() => Promise.resolve({ result: null, publish }))).positions);
    }
    return afterToken(reached);
  }

  async close(): Promise<void> {
    for (const database of this.databases.values()) await database.close();
  }

  private async databaseOf(service: string): Promise<Database> {
    const known = this.databases.get(service);
    if (known) return known;
    const database = await openDatabase({ url: this.run.databaseUrl, schema: service, poolSize: 1 });
    this.databases.set(service, database);
    return database;
  }
}

function topicNamed(name: string): Topic {
  const topic = Object.values(topics).find((known) => known.name === name);
  if (!topic) throw new Error(`no topic ${name}`);
  return topic;
}
