import type { LogRecord } from '@baton/messaging/record';
import type { Taken } from './unreliable-receiver.js';

interface Told {
  readonly type: string;
  readonly data: { readonly lead: string; readonly sequence: number };
}

export interface DeliveryCheck {
  readonly faults: readonly string[];
  readonly messages: number;
  /** Messages that came again. */
  readonly repeated: number;
}

/**
 * Whether a receiver holds every public fact at least once, each lead's facts of a topic in order, and whatever came again
 * under the id it had.
 */
export function checkDeliveries(taken: readonly Taken[], facts: readonly LogRecord[]): DeliveryCheck {
  const faults: string[] = [];
  const bodies = new Map<string, string>();
  const idOf = new Map<string, string>();
  const last = new Map<string, number>();
  for (const { id, body } of taken) {
    const before = bodies.get(id);
    if (before !== undefined) {
      if (before !== body) faults.push(`${id} came again with other content`);
      continue;
    }
    bodies.set(id, body);
    const { type, data } = JSON.parse(body) as Told;
    const name = nameOf(type, data.lead, data.sequence);
    if (idOf.has(name)) faults.push(`${name} came under two ids`);
    idOf.set(name, id);
    const lane = `${topicOf(type)} ${data.lead}`;
    if (data.sequence <= (last.get(lane) ?? 0)) faults.push(`${name} came behind ${last.get(lane)}`);
    last.set(lane, data.sequence);
  }
  for (const { key, envelope } of facts) {
    const name = nameOf(envelope.type, key, envelope.sequence!);
    if (!idOf.delete(name)) faults.push(`${name} was never told`);
  }
  for (const name of idOf.keys()) faults.push(`${name} was told, but is in no topic`);
  return { faults, messages: bodies.size, repeated: taken.length - bodies.size };
}

function nameOf(type: string, lead: string, sequence: number): string {
  return `${type} ${lead} ${sequence}`;
}

/** Facts are numbered per topic, and the type of each tells its topic. */
function topicOf(type: string): string {
  if (type.startsWith('baton.clock.')) return 'sla.clocks';
  return /^baton\.lead\.(un)?assigned\./.test(type) ? 'lead.assignments' : 'lead.stages';
}
