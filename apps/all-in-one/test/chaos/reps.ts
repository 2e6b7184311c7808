import { setTimeout as delay } from 'node:timers/promises';
import type { Chance } from './chance.js';
import type { Fleet } from './fleet.js';

interface Lead {
  readonly id: string;
  readonly stage: string;
}

interface WaitingClock {
  readonly id: string;
  readonly lead: string;
  readonly dueAt: string;
}

const roundMs = 250;
const reps = ['ana', 'ben', 'cem', 'dia', 'eli', 'fay'];
/** How many leads they have in hand, whatever becomes of them meanwhile. */
const inHand = 150;
/** How long before a clock is due a call in the last moment is made: among faults the topic has it seconds later. */
const lastMomentMs = [2_000, 8_000] as const;
/** What the contract refuses a command with: a lead that is unknown or gone, a state that forbids it, something missing. */
const refusals = [404, 409, 422];

/**
 * People who work the leads that the product shows them: they call, move, answer, give away and take back. Of the leads that
 * wait for their first touch they call some at once, some in the last moment, and leave some to whatever becomes of them.
 */
export class Reps {
  /** Event ids of touches with the moment (epoch ms) at which the product had confirmed them. */
  readonly touches = new Map<string, number>();
  /** Commands that were carried out, by name. */
  readonly carriedOut: Record<string, number> = {};
  /** Touches of a lead that went on as another one, which therefore has them, and commands refused for that reason. */
  readonly onAbsorbed = { touches: 0, refused: 0 };
  private worked: readonly Lead[] = [];
  private readonly pending = new Set<Promise<void>>();
  private readonly clocksSeen = new Set<string>();
  private readonly leaving = new AbortController();
  private running: Promise<unknown> | undefined;
  private calls = 0;

  constructor(private readonly options: { readonly fleet: Fleet; readonly chance: Chance }) {}

  start(): void {
    this.running = Promise.all([this.work(), this.watchClocks(this.options.chance.branch())]);
  }

  /** Resolves when every touch that was begun is recorded. */
  async stop(): Promise<void> {
    this.leaving.abort();
    await this.running;
    await Promise.all(this.pending);
  }

  private async work(): Promise<void> {
    const { chance } = this.options;
    while (!this.leaving.signal.aborted) {
      const stage = chance.pick(['mql', 'mql', 'mql', 'accepted', 'sql', 'opportunity', 'nurture']);
      const leads = await this.shown(stage).catch(() => []);
      const fresh = leads.length === 0 ? [] : Array.from({ length: 4 }, () => chance.pick(leads));
      this.worked = [...fresh, ...this.worked].slice(0, inHand);
      for (const lead of fresh) this.act(lead);
      if (this.worked.length > 0) this.act(chance.pick(this.worked));
      await delay(roundMs);
    }
  }

  private async watchClocks(chance: Chance): Promise<void> {
    const { signal } = this.leaving;
    while (!signal.aborted) {
      const waiting = await this.waiting(chance.pick(['running', 'warned'])).catch(() => []);
      for (const clock of waiting.filter(({ id }) => !this.clocksSeen.has(id))) {
        this.clocksSeen.add(clock.id);
        const kind = chance.next();
        if (kind < 0.3) this.call(clock.lead, chance.pick(reps));
        else if (kind < 0.75) this.track(this.callBeforeDue(clock, chance));
      }
      await delay(roundMs, undefined, { signal }).catch(() => undefined);
    }
  }

  private async waiting(state: string): Promise<readonly WaitingClock[]> {
    const response = await this.options.fleet.request('sla-monitor', `/api/clocks?state=${state}&limit=200`);
    if (!response.ok) return [];
    return ((await response.json()) as { items: WaitingClock[] }).items;
  }

  private async callBeforeDue({ lead, dueAt }: WaitingClock, chance: Chance): Promise<void> {
    const { signal } = this.leaving;
    const untilDue = Date.parse(dueAt) - Date.now();
    const wait = Math.max(0, untilDue - chance.between(...lastMomentMs));
    await delay(wait, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) this.call(lead, chance.pick(reps));
  }

  private async shown(stage: string): Promise<readonly Lead[]> {
    const response = await this.options.fleet.request('reporting', `/api/leads?stage=${stage}&limit=100`);
    if (!response.ok) return [];
    return ((await response.json()) as { items: Lead[] }).items;
  }

  private act({ id, stage }: Lead): void {
    const { chance } = this.options;
    const rep = chance.pick(reps);
    const kind = chance.next();
    if (kind < 0.4) this.call(id, rep);
    else if (kind < 0.5)
      this.track(this.command('assign', { service: 'routing', lead: id, body: { to: `rep:${rep}` } }));
    else if (kind < 0.65) this.track(this.answer(id, rep));
    else if (kind < 0.9) this.track(this.move(id, { rep, ...moveFrom(stage, chance) }));
  }

  private async answer(lead: string, rep: string): Promise<void> {
    const body = { rep, answers: { need: `For lead ${lead}`, budget: 'planned' } };
    await this.command('answers', { service: 'qualification', lead, body, method: 'PATCH' });
  }

  /** One move in four is taken back. */
  private async move(lead: string, body: { readonly rep: string }): Promise<void> {
    const moved = await this.command('stage', { service: 'qualification', lead, body });
    if (!moved || !this.options.chance.happens(0.25)) return;
    await this.command('undo', { service: 'qualification', lead, body: { rep: body.rep } });
  }

  /** Sent again, under the same id, until it is taken. */
  private call(lead: string, rep: string): void {
    this.calls += 1;
    const id = `touch-${this.calls}`;
    const body = JSON.stringify({ kind: 'call', direction: 'outbound', outcome: 'connected', rep, id });
    const calling = (async () => {
      for (;;) {
        const response = await this.options.fleet
          .request('ingest', `/api/leads/${lead}/activities`, { method: 'POST', body })
          .catch(() => null);
        const said = await response?.text().catch(() => null);
        if (response?.ok && said != null) return this.recorded(id, lead, JSON.parse(said) as { lead: string });
        const isRefused = response?.ok === false && response.status < 500 && response.status !== 429;
        if (isRefused) throw new Error(`A touch was answered with ${response.status}`);
        await delay(100);
      }
    })();
    this.track(calling);
  }

  private recorded(id: string, asked: string, { lead }: { readonly lead: string }): void {
    this.touches.set(`activities:${id}`, Date.now());
    if (lead !== asked) this.onAbsorbed.touches += 1;
  }

  /** Sent once, true when it was carried out: whether one that was cut off took effect, the topics tell. */
  private async command(name: string, { service, lead, body, method = 'POST' }: Command): Promise<boolean> {
    const init = { method, body: JSON.stringify(body) };
    const response = await this.options.fleet.request(service, `/api/leads/${lead}/${name}`, init).catch(() => null);
    const said = await response?.text().catch(() => '');
    if (response === null || !response.ok) {
      // What the product shows may be older, or newer, than what the service knows.
      const isWrong =
        response !== null && response.status < 500 && response.status !== 429 && !refusals.includes(response.status);
      if (said?.includes('goes on as another')) this.onAbsorbed.refused += 1;
      if (isWrong) throw new Error(`The command ${name} was answered with ${response.status}: ${said}`);
      return false;
    }
    this.carriedOut[name] = (this.carriedOut[name] ?? 0) + 1;
    return true;
  }

  private track(work: Promise<unknown>): void {
    const tracked = work.then(() => undefined);
    this.pending.add(tracked);
    void tracked.finally(() => this.pending.delete(tracked));
  }
}

interface Command {
  readonly service: 'routing' | 'qualification';
  readonly lead: string;
  readonly body: object;
  readonly method?: string;
}

function moveFrom(stage: string, chance: Chance): object {
  if (chance.happens(0.15)) return { to: 'nurture', reason: 'later', note: 'Asked to be called again.' };
  switch (stage) {
    case 'mql':
      return chance.happens(0.9)
        ? { to: 'accepted', followUp: '2031-01-31' }
        : { to: 'disqualified', reason: 'no-fit' };
    case 'accepted':
      return { to: 'sql', answers: { budget: 'approved' } };
    case 'sql':
      return { to: 'opportunity', amount: 1_000, closeDate: '2031-03-01' };
    default:
      return { to: 'lead' };
  }
}
