import { services, type ServiceName } from '@baton/contracts/topics';
import type { Positions } from '@baton/messaging/record';
import type { Transport } from '@baton/messaging/transport';
import type { ServiceDefinition } from './define-service.js';
import { problem } from './problem.js';

const patienceMs = 5_000;

/** Writes the positions of a command's facts as the text of a `Baton-After` header. */
export function afterToken(positions: Positions): string {
  return Buffer.from(JSON.stringify(positions)).toString('base64url');
}

/** Reads what `afterToken` wrote; throws a 400 for anything else. */
export function positionsOf(token: string): Positions {
  const parsed = parseJson(Buffer.from(token, 'base64url').toString());
  if (!isPositions(parsed)) {
    const errors = [{ path: '/query/after', message: 'must be the Baton-After header of an earlier answer' }];
    throw problem(400, 'Invalid request', `/query/after ${errors[0]?.message}`, { errors });
  }
  return parsed;
}

/** Waits until a service shows what a command did, directly or through the services in between. */
export class Freshness {
  private readonly definitions: readonly ServiceDefinition[];

  constructor(
    definitions: readonly ServiceDefinition[],
    private readonly transport: Transport,
    private readonly clock: () => number,
  ) {
    const order = (definition: ServiceDefinition) => services.indexOf(definition.name);
    this.definitions = definitions.toSorted((left, right) => order(left) - order(right));
  }

  /**
   * Answers true once `reader` has handled the given facts and what the other services of this process made of them, each
   * followed once in the order of the pipeline; false after five seconds in all.
   */
  async reached(reader: ServiceName, facts: Positions): Promise<boolean> {
    const deadline = this.clock() + patienceMs;
    const target: Positions = { ...facts };
    for (const service of this.definitions.filter(({ name }) => name !== reader)) {
      const relevant = consumedPart(service, target);
      if (Object.keys(relevant).length === 0) continue;
      if (!(await this.handled(service.name, relevant, deadline))) return false;
      Object.assign(target, await this.lastPositions(service));
    }
    const last = this.definitions.find(({ name }) => name === reader);
    return last === undefined || this.handled(reader, consumedPart(last, target), deadline);
  }

  private handled(service: ServiceName, inclusive: Positions, deadline: number): Promise<boolean> {
    const remaining = Math.max(0, deadline - this.clock());
    return this.transport.waitFor(
      service,
      mapPositions(inclusive, (position) => position + 1),
      remaining,
    );
  }

  private async lastPositions(service: ServiceDefinition): Promise<Positions> {
    if (service.publishes.length === 0) return {};
    return mapPositions(await this.transport.endPositions(service.publishes), (end) => end - 1);
  }
}

function consumedPart(service: ServiceDefinition, positions: Positions): Positions {
  const names = new Set(service.consumes.map((topic) => topic.name));
  return Object.fromEntries(Object.entries(positions).filter(([topic]) => names.has(topic)));
}

function mapPositions(positions: Positions, change: (position: number) => number): Positions {
  const mapped = (partitions: Record<string, number>) =>
    Object.fromEntries(Object.entries(partitions).map(([partition, position]) => [partition, change(position)]));
  return Object.fromEntries(Object.entries(positions).map(([topic, partitions]) => [topic, mapped(partitions)]));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isPositions(value: unknown): value is Positions {
  return (
    isRecord(value) && Object.values(value).every((partitions) => isRecord(partitions) && allPositions(partitions))
  );
}

function allPositions(partitions: Record<string, unknown>): boolean {
  return Object.entries(partitions).every(
    ([partition, position]) => /^\d{1,4}$/.test(partition) && Number.isSafeInteger(position),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
