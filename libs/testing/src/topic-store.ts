import type { Topic } from '@baton/contracts/topics';
import type { LogRecord } from '@baton/messaging/record';
import { decodeSegment } from '@baton/messaging/segment';
import { openDatabase } from '@baton/persistence/open-database';

interface RawSegment {
  partition: number;
  first: string;
  count: number;
  payload: string;
}

/** Every record of a topic, by partition in position order, as its producer's outbox holds them. */
export async function readTopic(databaseUrl: string, topic: Topic): Promise<LogRecord[]> {
  const database = await openDatabase({ url: databaseUrl, schema: topic.producer, poolSize: 1 });
  try {
    const rows = await database.query<RawSegment>(
      'select partition, first, count, payload from outbox_segments where topic = $1 order by partition, first',
      [topic.name],
    );
    return rows.flatMap((row) =>
      decodeSegment({ ...row, topic: topic.name, first: Number(row.first) }, topic.producer),
    );
  } finally {
    await database.close();
  }
}
