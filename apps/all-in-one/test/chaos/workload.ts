import { Analytics } from '@segment/analytics-node';
import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from './chance.js';
import type { Fleet } from './fleet.js';
import { Reps } from './reps.js';
import type { Doors, FilledForm, Step } from './doors.js';
import { stepsOfTwoLeads } from './two-leads.js';
import { stepsOf } from './visitors.js';

const visitorsAtOnce = 40;
const mostInFlight = 400;
const stepEveryMs = 12;
const entrance = 'http://entrance.invalid';

export interface WorkloadOptions {
  readonly fleet: Fleet;
  readonly chance: Chance;
  readonly writeKey: string;
  readonly secretKey: string;
}

/** Somebody on their way: what is still to be done, and not before when (epoch ms). */
interface Journey {
  readonly steps: readonly Step[];
  place: number;
  notBefore: number;
}

/**
 * Visitors and a CRM through the real SDK and through forms, and reps who work the leads: what is refused or cut off is sent
 * again until it is taken.
 */
export class Workload {
  /** Message ids of everything that was answered with 200. */
  readonly acknowledged = new Set<string>();
  /** Of these, outcomes of deals, and aliases, which merge leads and engage nobody. */
  readonly outcomes = new Set<string>();
  readonly aliases = new Set<string>();
  readonly reps: Reps;
  /** Requests that had to be sent again. */
  retries = 0;
  visitors = 0;
  private readonly sent = new Set<string>();
  private readonly pending = new Set<Promise<unknown>>();
  private readonly analytics: Analytics;
  private readonly crm: Analytics;
  private running: Promise<void> | undefined;
  private stopping = false;

  constructor(private readonly options: WorkloadOptions) {
    this.reps = new Reps({ fleet: options.fleet, chance: options.chance.branch() });
    this.analytics = this.client(options.writeKey);
    this.crm = this.client(options.secretKey);
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
    for (const client of [this.analytics, this.crm]) await client.closeAndFlush({ timeout: 120_000 });
    await Promise.all(this.pending);
    const open = [...this.sent].filter((id) => !this.acknowledged.has(id));
    if (open.length > 0)
      throw new Error(`${open.length} events were never acknowledged: ${open.slice(0, 5).join(', ')}`);
  }

  private client(writeKey: string): Analytics {
    const client = new Analytics({
      writeKey,
      host: entrance,
      path: '/v1/batch',
      flushAt: 15,
      flushInterval: 40,
      maxRetries: 0,
      httpClient: (url, init) => this.deliver(new URL(String(url)).pathname, init as RequestInit),
    });
    client.on('error', (error) => {
      throw new Error(`The SDK gave up: ${JSON.stringify(error)}`);
    });
    return client;
  }

  private async visit(): Promise<void> {
    const { analytics, crm } = this;
    const doors: Doors = { analytics, crm, fillIn: (form) => this.fillIn(form) };
    let active: Journey[] = [];
    while (!this.stopping || active.length > 0) {
      while (!this.stopping && active.length < visitorsAtOnce) active.push(this.nextJourney());
      const now = Date.now();
      const awake = active.filter(({ notBefore }) => notBefore <= now);
      if (awake.length > 0) goOn(this.options.chance.pick(awake), doors);
      active = active.filter(({ place, steps }) => place < steps.length);
      await delay(stepEveryMs);
      while (this.sent.size - this.acknowledged.size > mostInFlight) await delay(20);
    }
  }

  private nextJourney(): Journey {
    const { chance } = this.options;
    this.visitors += 1;
    const steps = chance.happens(0.25) ? stepsOfTwoLeads(this.visitors, chance) : stepsOf(this.visitors, chance);
    return { steps, place: 0, notBefore: 0 };
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
    const { batch } = JSON.parse(init.body as string) as { batch: Sent[] };
    for (const { messageId, type, event } of batch) {
      this.sent.add(messageId);
      if (type === 'alias') this.aliases.add(messageId);
      if (event?.startsWith('Opportunity ')) this.outcomes.add(messageId);
    }
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

interface Sent {
  readonly messageId: string;
  readonly type: string;
  readonly event?: string;
}

function goOn(journey: Journey, doors: Doors): void {
  const step = journey.steps[journey.place]!;
  journey.place += 1;
  if (typeof step === 'function') step(doors);
  else journey.notBefore = Date.now() + step.pauseMs;
}
