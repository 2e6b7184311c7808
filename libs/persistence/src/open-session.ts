import pg from 'pg';
import { inTurn } from './in-turn.js';
import type { Sql } from './sql.js';

/** One connection that stays: for what ends with it, such as advisory locks and LISTEN. */
export interface Session extends Sql {
  close(): Promise<void>;
}

export interface SessionOptions {
  readonly url: string;
  readonly applicationName: string;
  onNotification?(channel: string, payload: string): void;
  /** Called once when the connection, having been made, is lost; not when it is closed. */
  onLost?(): void;
}

/** Rejects when the server cannot be reached. Its commits do not wait for the disk: it must write nothing that matters. */
export async function openSession(options: SessionOptions): Promise<Session> {
  const client = new pg.Client({
    connectionString: options.url,
    application_name: options.applicationName,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    options: '-c synchronous_commit=off',
  });
  let open = false;
  const lose = (): void => {
    if (!open) return;
    open = false;
    options.onLost?.();
  };
  client.on('error', lose);
  client.on('end', lose);
  client.on('notification', ({ channel, payload }) => options.onNotification?.(channel, payload ?? ''));
  await client.connect();
  open = true;
  const queue = inTurn();
  return {
    async query<Row>(text: string, values?: readonly unknown[]) {
      const { rows } = await queue(() => client.query(text, values as unknown[] | undefined));
      return rows as Row[];
    },
    async close() {
      open = false;
      await client.end().catch(() => undefined);
    },
  };
}
