import { route } from '@baton/contracts/http/route';
import { leadErased } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import type { Effects, UnitOfWork } from '@baton/messaging/handler';
import type { Batch } from '@baton/messaging/record';
import type { Database, Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { defineService } from '@baton/service-kit/define-service';
import { problem } from '@baton/service-kit/problem';
import { type Call, Serves, answer } from '@baton/service-kit/serves';
import { DATABASE, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Type } from '@sinclair/typebox';
import { Controller, Inject } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';

/** Two small services that use everything the kit offers: one takes commands and publishes, the other counts what it reads. */

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 60 }) });

export const toyRoutes = {
  note: route({
    service: 'ingest',
    method: 'POST',
    path: '/api/toys/{id}',
    summary: 'Publish a fact',
    access: ['rep', 'admin'],
    params: Params,
    body: Type.Object(
      { times: Type.Integer({ minimum: 1, maximum: 5 }), text: Type.Optional(Type.String()) },
      { additionalProperties: false },
    ),
    status: 201,
  }),
  count: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/toys/{id}',
    summary: 'Count facts',
    access: 'any-role',
    params: Params,
    query: Type.Object({ factor: Type.Integer({ default: 1, minimum: 1 }) }),
  }),
  live: route({ service: 'reporting', method: 'GET', path: '/api/toy-stream', summary: 'Stream', access: 'any-role' }),
  broken: route({
    service: 'reporting',
    method: 'GET',
    path: '/api/toy-faults/{kind}',
    summary: 'Fail',
    access: 'public',
    params: Type.Object({ kind: Type.String() }),
  }),
} as const;

@Controller()
export class NoteController {
  constructor(@Inject(UNIT_OF_WORK) private readonly unit: UnitOfWork) {}

  @Serves(toyRoutes.note)
  async note({ params, body, principal }: Call<typeof toyRoutes.note>) {
    const at = new Date(0).toISOString();
    const facts = Array.from({ length: body.times }, () => ({
      topic: topics.leadEvents,
      key: params.id,
      type: leadErased.type,
      id: randomUUID(),
      time: at,
      data: { at, receivedAt: at },
    }));
    const { positions } = await this.unit.run(async () => ({ result: undefined, publish: facts }));
    return answer({ by: principal.role }, { after: positions });
  }
}

@Controller()
export class CountController {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @Consumes(topics.leadEvents)
  async count(batch: Batch, sql: Sql): Promise<Effects> {
    for (const { key } of batch.records) {
      await sql.query('insert into counts values ($1, 1) on conflict (lead) do update set n = counts.n + 1', [key]);
    }
    return { publish: [] };
  }

  @Serves(toyRoutes.count)
  async read({ params, query }: Call<typeof toyRoutes.count>) {
    const [row] = await this.database.query<{ n: number }>('select n from counts where lead = $1', [params.id]);
    return { n: (row?.n ?? 0) * query.factor };
  }

  @Serves(toyRoutes.live)
  live() {
    return answer(Readable.from(endless(), { objectMode: false }), {
      headers: { 'content-type': 'text/event-stream' },
    });
  }

  @Serves(toyRoutes.broken)
  async broken({ params }: Call<typeof toyRoutes.broken>) {
    if (params.kind === 'bug') throw new Error('the password is hunter2');
    if (params.kind === 'number') await this.database.query('select $1::int', ['99999999999999']);
    throw problem(429, 'Too many requests', 'Wait a little', { retryAfter: 1.5, possible: ['later'] });
  }
}

/** Says one thing and then nothing for ever, like a live feed on a quiet day. */
async function* endless() {
  yield 'event: hello\n\n';
  await new Promise(() => {});
}

export const noting = defineService({
  name: 'ingest',
  consumes: [],
  publishes: [topics.leadEvents, topics.visitorEvents],
  migrations: [],
  controllers: [NoteController],
  providers: [],
  http: (fastify, resolve) => {
    fastify.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    fastify.post('/v1/raw', async (request) => ({
      bytes: (request.body as Buffer).length,
      unit: typeof resolve(UNIT_OF_WORK),
    }));
    fastify.post('/v1/problem', async () => {
      throw problem(422, 'Not taken', 'The raw route refuses this');
    });
  },
});

export const counting = defineService({
  name: 'reporting',
  consumes: [topics.leadEvents],
  publishes: [],
  migrations: [{ name: '0001_counts', up: 'create table counts (lead text primary key, n int not null)' }],
  controllers: [CountController],
  providers: [],
});
