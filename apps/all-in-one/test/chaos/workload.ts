import { Analytics } from '@segment/analytics-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from './chance.js';
import type { Fleet } from './fleet.js';
import { Reps } from './reps.js';
import { type Doors, type FilledForm, stepsOf } from './visitors.js';

const visitorsAtOnce = 25;
const mostInFlight = 400;
const stepEveryMs = 12;
const entrance = 'http://entrance.invalid';

export interface WorkloadOptions {
  readonly fleet: Fleet;
  readonly chance: Chance;
  readonly writeKey: string;
}

/** Visitors through the real SDK and through forms, and reps who work the leads: what is refused or cut off is sent again until it is taken. */
export class Workload {
  /** Message ids of everything that was answered with 200. */
  readonly acknowledged = new Set<string>();
  readonly reps: Reps;
  /** Requests that had to be sent again. */
  retries = 0;
  visitors = 0;
  private readonly sent = new Set<string>();
  private readonly pending = new Set<Promise<unknown>>();
  private readonly analytics: Analytics;
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(private readonly options: WorkloadOptions) {
    this.reps = new Reps({ fleet: options.fleet, chance: options.chance.branch() });
    this.analytics = new Analytics({
      writeKey: options.writeKey,
      host: entrance,
      path: '/v1/batch',
      flushAt: 15,
      flushInterval: 40,
      maxRetries: 0,
      httpClient: (url, init) => this.deliver(new URL(String(url)).pathname, init as RequestInit),
    });
    this.analytics.on('error', (error) => {
      throw new Error(`The SDK gave up: ${JSON.stringify(error)}`);
    });
  }

  start(): void {
    this.running = this.visit();
    this.reps.start();
  }

  /** Lets every visitor finish and resolves when everything sent was acknowledged. */
  async stop(): Promise<void> {
    this.stopping = true;
    await this.running;
    await this.reps.stop();
    await this.analytics.closeAndFlush({ timeout: 120_000 });
    await Promise.all(this.pending);
    const open = [...this.sent].filter((id) => !this.acknowledged.has(id));
    if (open.length > 0)
      throw new Error(`${open.length} events were never acknowledged: ${open.slice(0, 5).join(', ')}`);
  }

  private async visit(): Promise<void> {
    const { chance } = this.options;
    const doors: Doors = { analytics: this.analytics, fillIn: (form) => this.fillIn(form) };
    const active: (readonly [number, ReturnType<typeof stepsOf>])[] = [];
    const places: number[] = [];
    while (!this.stopping || active.length > 0) {
      while (!this.stopping && active.length < visitorsAtOnce) {
        active.push([this.visitors, stepsOf(this.visitors, chance)]);
        places.push(0);
        this.visitors += 1;
      }
      const index = chance.between(0, active.length - 1);
      const [, steps] = active[index]!;
      steps[places[index]!]!(doors);
      places[index]! += 1;
      if (places[index] === steps.length) {
        active.splice(index, 1);
        places.splice(index, 1);
      }
      await delay(stepEveryMs);
      while (this.sent.size - this.acknowledged.size > mostInFlight) await delay(20);
    }
  }

  private fillIn({ messageId, ...fields }: FilledForm): void {
    this.sent.add(messageId);
    const body = JSON.stringify({ messageId, writeKey: this.options.writeKey, ...fields });
    const sending = this.untilTaken('/v1/forms/demo', { method: 'POST', body }).then(() => {
      this.acknowledged.add(messageId);
    });
    this.pending.add(sending);
    void sending.finally(() => this.pending.delete(sending));
  }

  /** The SDK's way out, with a witness at the door: every message id that was answered with 200. */
  private async deliver(path: string, init: RequestInit): Promise<Response> {
    const { batch } = JSON.parse(init.body as string) as { batch: { messageId: string }[] };
    for (const { messageId } of batch) this.sent.add(messageId);
    const headers = { authorization: new Headers(init.headers).get('authorization') ?? '' };
    const response = await this.untilTaken(path, { method: 'POST', body: init.body, headers });
    for (const { messageId } of batch) this.acknowledged.add(messageId);
    return response;
  }

  private async untilTaken(path: string, init: RequestInit): Promise<Response> {
    for (;;) {
      const response = await this.options.fleet.request('ingest', path, init).catch(() => null);
      if (response?.status === 200) {
        const said = await response.text();
        if (said.includes('rejected')) throw new Error(`The door rejected what a visitor sent: ${said}`);
        return new Response(said, { status: 200 });
      }
      const isRefused = response !== null && response.status >= 400 && response.status < 500 && response.status !== 429;
      if (isRefused) throw new Error(`The door answered ${response.status}: ${await response.text()}`);
      await response?.body?.cancel();
      this.retries += 1;
      await delay(50);
    }
  }
}
