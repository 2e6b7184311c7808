import autocannon from 'autocannon';
import { randomUUID } from 'node:crypto';

export interface SingleResult {
  readonly perSecond: number;
  readonly p99Ms: number;
  readonly failed: number;
}

const connections = 50;

/** One event a request at 50 connections for so many seconds; the same requests for whoever is measured. */
export async function measureSingle(url: string, writeKey: string, seconds: number): Promise<SingleResult> {
  const result = await autocannon({
    url: `${url}/v1/track`,
    method: 'POST',
    connections,
    duration: seconds,
    headers: {
      'content-type': 'application/json',
      authorization: `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`,
    },
    setupClient: (client) => client.setBody(trackEvent()),
    requests: [{ method: 'POST', path: '/v1/track', setupRequest: (request) => ({ ...request, body: trackEvent() }) }],
  });
  return {
    perSecond: result['2xx'] / result.duration,
    p99Ms: result.latency.p99,
    failed: result.non2xx + result.errors,
  };
}

/** About the size of a real Segment track event (a kilobyte). */
function trackEvent(): string {
  return JSON.stringify({
    messageId: `bench-${randomUUID()}`,
    anonymousId: `browser-${Math.floor(Math.random() * 5000)}`,
    type: 'track',
    event: 'Feature Viewed',
    timestamp: new Date().toISOString(),
    sentAt: new Date().toISOString(),
    properties: {
      feature: 'board',
      plan: 'team',
      seats: 12,
      label: 'a property of ordinary length',
      list: ['one', 'two', 'three'],
    },
    context: {
      library: { name: 'analytics.js', version: 'next-1.84.3' },
      userAgent: 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36',
      page: {
        path: '/board',
        url: 'https://www.acme.example/board',
        title: 'Board',
        referrer: 'https://www.acme.example/',
      },
      campaign: { name: 'spring', source: 'google', medium: 'cpc' },
      locale: 'en-GB',
      timezone: 'Europe/Berlin',
    },
  });
}
