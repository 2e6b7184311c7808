import { Analytics } from '@segment/analytics-node';

/** The real SDK with a witness at its door: every message id that was answered with 200. */
export interface RecordingClient {
  readonly analytics: Analytics;
  readonly acknowledged: ReadonlySet<string>;
}

export function recordingClient(writeKey: string, host: string, acknowledged: Set<string>): RecordingClient {
  const analytics = new Analytics({
    writeKey,
    host,
    path: '/v1/batch',
    flushAt: 7,
    flushInterval: 20,
    maxRetries: 2,
    httpClient: (url, init) => send(String(url), init as RequestInit, acknowledged),
  });
  analytics.on('error', () => undefined);
  return { analytics, acknowledged };
}

async function send(url: string, init: RequestInit, acknowledged: Set<string>): Promise<Response> {
  const response = await fetch(url, init);
  if (response.status === 200) {
    const { batch } = JSON.parse(init.body as string) as { batch: { messageId: string }[] };
    for (const { messageId } of batch) acknowledged.add(messageId);
  }
  return response;
}
