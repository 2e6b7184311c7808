import 'reflect-metadata';
import { topics } from '@baton/contracts/topics';
import type { Database, Sql } from '@baton/persistence/sql';
import { type TestServer, testServer } from '@baton/testing/database';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, type INestMicroservice, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { listDeadLetters } from '../src/dead-letter-store.js';
import { openEmbeddedLog } from '../src/embedded-log.js';
import { EventStreamServer } from '../src/event-stream-server.js';
import type { Effects } from '../src/handler.js';
import type { Batch } from '../src/record.js';
import { RethrowFilter } from '../src/rethrow-filter.js';
import type { Transport } from '../src/transport.js';
import { createJourneys, extendJourneys, journeysIn } from './journey-store.js';
import { engaged } from './published-facts.js';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
let server: TestServer;
let scoring: Database;
let transport: Transport;
let app: INestMicroservice;
let fail: (batch: Batch) => void;

@Controller()
class Journeys {
  @EventPattern({ service: 'scoring', topic: topics.leadEvents.name }, { topic: topics.leadEvents, maxBatch: 3 })
  async keep(@Payload() batch: Batch, @Ctx() sql: Sql): Promise<Effects> {
    await extendJourneys(
      sql,
      batch.records.map(({ key, envelope }) => ({ lead: key, id: envelope.id })),
    );
    fail(batch);
    return { publish: [] };
  }
}

@Module({ controllers: [Journeys] })
class TestModule {}

@Controller()
class TwiceTheSame {
  @EventPattern({ service: 'scoring', topic: topics.leadEvents.name }, { topic: topics.leadEvents })
  async one(): Promise<Effects> {
    return { publish: [] };
  }

  @EventPattern({ service: 'scoring', topic: topics.leadEvents.name }, { topic: topics.leadEvents })
  async other(): Promise<Effects> {
    return { publish: [] };
  }
}

@Module({ controllers: [TwiceTheSame] })
class TwiceModule {}

beforeAll(async () => {
  server = await testServer();
});

afterEach(async () => {
  await app.close();
});

afterAll(async () => {
  await server.drop();
});

async function start(module: unknown = TestModule): Promise<void> {
  scoring = await server.open('scoring');
  await createJourneys(scoring);
  transport = await openEmbeddedLog({ url: server.url, log: quiet });
  const strategy = new EventStreamServer({ transport, databases: new Map([['scoring', scoring]]) });
  app = await NestFactory.createMicroservice(module as typeof TestModule, { strategy, logger: false });
  app.useGlobalFilters(new RethrowFilter());
  await app.listen();
}

async function publish(...ids: readonly [string, number][]): Promise<void> {
  const unit = transport.unitOfWork('ingest', await server.open('ingest'));
  await unit.run(async () => ({ result: null, publish: ids.map(([lead, number]) => engaged(lead, number)) }));
  await transport.waitFor('scoring', await transport.endPositions([topics.leadEvents]), 10_000);
}

describe('the event stream server', () => {
  it('calls a controller with a batch and its transaction', async () => {
    fail = () => undefined;
    await start();
    await publish(['ada', 1], ['ada', 2]);
    expect(await journeysIn(scoring)).toEqual({ ada: ['ada.1', 'ada.2'] });
  });

  it('does not commit what a failed handler wrote, and keeps its error as it was', async () => {
    fail = ({ records }) => {
      if (records.some(({ key }) => key === 'eve')) throw new RangeError('a number too large');
    };
    await start();
    await publish(['eve', 1], ['bob', 1]);
    expect(await journeysIn(scoring)).toEqual({ ada: ['ada.1', 'ada.2'], bob: ['bob.1'] });
    expect(await listDeadLetters(scoring)).toMatchObject([{ key: 'eve', reason: 'RangeError: a number too large' }]);
  });

  it('lets the consumer see an outage for what it is: the batch is tried again, nothing is put aside', async () => {
    let failures = 5;
    fail = () => {
      failures -= 1;
      if (failures >= 0) throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    };
    await start();
    await publish(['carl', 1]);
    expect(await journeysIn(scoring)).toMatchObject({ carl: ['carl.1'] });
    expect(await listDeadLetters(scoring)).toHaveLength(1);
  });

  it('refuses two handlers of one topic in one service', async () => {
    await expect(start(TwiceModule)).rejects.toThrow('consumes lead.events twice');
  });
});
