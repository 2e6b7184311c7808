import { openDatabase } from '@baton/persistence/open-database';
import fastify from 'fastify';
import { appendEvents, createEvents } from './bare-store.js';

/**
 * The yardstick for one event a request: a bare Fastify server that parses the body, collects requests for as long as the
 * last write takes, writes them in one durable statement, and answers. Nothing else.
 */
interface Waiting {
  readonly id: string;
  readonly payload: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const database = await openDatabase({ url: process.argv[2]!, schema: 'bare', poolSize: 2 });
await createEvents(database);
let waiting: Waiting[] = [];
let writing = false;

const server = fastify();
server.post('/v1/track', async (request) => {
  const event = request.body as { messageId: string };
  await new Promise<void>((resolve, reject) => {
    waiting.push({ id: event.messageId, payload: JSON.stringify(event), resolve, reject });
    setImmediate(() => void writeWaiting());
  });
  return { success: true };
});
console.log(`ready ${await server.listen({ port: 0, host: '127.0.0.1' })}`);
process.once('SIGTERM', () => {
  void server.close().then(() => database.close());
});

async function writeWaiting(): Promise<void> {
  if (writing || waiting.length === 0) return;
  writing = true;
  const batch = waiting;
  waiting = [];
  try {
    await appendEvents(database, batch, new Date());
    for (const { resolve } of batch) resolve();
  } catch (error) {
    for (const { reject } of batch) reject(error);
  } finally {
    writing = false;
    setImmediate(() => void writeWaiting());
  }
}
