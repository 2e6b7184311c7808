import { accountOfEmail } from '../evidence/account-of-email.js';
import { coerceTraits } from '../evidence/coerce-traits.js';
import type { AccountFact, EngagementEvent, LeadFact } from '../lifecycle/lead-fact.js';
import type { MoveCommand } from '../lifecycle/move-command.js';
import type { Example, PlaybookDefinition, Role, StageId } from '../playbook/definition.js';

/** One thing that happens in an example: facts as ingest would publish them, a person's move, or a person's answers. */
export type ExampleStep =
  | { readonly kind: 'facts'; readonly at: number; readonly facts: readonly LeadFact[] }
  | { readonly kind: 'move'; readonly at: number; readonly command: MoveCommand; readonly refused: boolean }
  | {
      readonly kind: 'answers';
      readonly at: number;
      readonly answers: Readonly<Record<string, unknown>>;
      readonly by: Role;
    };

type Written = Readonly<Record<string, unknown>>;

interface Place {
  readonly at: number;
  readonly eventId: string;
}

/**
 * The steps of an example in the order in which they arrive: by time, or as listed. The lead and its account are known one
 * millisecond before the earliest event, or before `now` without any. Event ids are the positions in the list, zero-padded.
 */
export function exampleSteps(definition: PlaybookDefinition, example: Example): ExampleStep[] {
  const width = String(example.events.length).length;
  const places = example.events.map((event, index) => ({
    at: Date.parse(String(event['at'])),
    eventId: String(index).padStart(width, '0'),
  }));
  const start = Math.min(example.now, ...places.map(({ at }) => at)) - 1;
  const known = identified(definition, example, { at: start, eventId: '' });
  const answered: ExampleStep[] =
    Object.keys(example.answers).length === 0
      ? []
      : [{ kind: 'answers', at: start, answers: example.answers, by: 'sales' }];
  const written = example.events.map((event, index) => ({ event, place: places[index]! }));
  const arriving = example.order === 'listed' ? written : written.toSorted((a, b) => a.place.at - b.place.at);
  const steps = arriving.flatMap(({ event, place }) => {
    const step = stepOf(definition, example, { event, place });
    return event['repeat'] === true ? [step, step] : [step];
  });
  return [known, ...answered, ...steps];
}

function identified(definition: PlaybookDefinition, { lead, account }: Example, place: Place): ExampleStep {
  const { traits } = coerceTraits(definition.traits, 'lead', lead);
  const facts: LeadFact[] = [
    { ...originOf(place), kind: 'identified', traits, account: accountFact(definition, { lead, account }, place) },
  ];
  return { kind: 'facts', at: place.at, facts };
}

interface Happening {
  readonly event: Written;
  readonly place: Place;
}

function stepOf(definition: PlaybookDefinition, example: Example, { event, place }: Happening): ExampleStep {
  if (typeof event['move'] === 'string') {
    return { kind: 'move', at: place.at, command: commandOf(event, event['move']), refused: event['refused'] === true };
  }
  if (isRecord(event['answers'])) {
    return { kind: 'answers', at: place.at, answers: event['answers'], by: roleOf(event['by']) };
  }
  return { kind: 'facts', at: place.at, facts: factsOf(definition, example, { event, place }) };
}

function factsOf(definition: PlaybookDefinition, example: Example, { event, place }: Happening): LeadFact[] {
  const origin = originOf(place);
  if (typeof event['outcome'] === 'string') {
    const { outcome, amount, closeDate, reason } = event;
    return [{ ...origin, kind: 'outcome-recorded', ...defined({ outcome, amount, closeDate, reason }) } as LeadFact];
  }
  if (isRecord(event['identify'])) {
    const lead = event['identify'];
    const { traits } = coerceTraits(definition.traits, 'lead', lead);
    const account = lead['email'] === undefined ? null : accountFact(definition, { lead, account: {} }, place);
    return [{ ...origin, kind: 'profile-updated', traits, account }, engaged(event, origin, { type: 'identify' })];
  }
  if (isRecord(event['group'])) {
    const { domain, freeMail } = accountFact(definition, example, place);
    const account = accountFact(definition, { lead: {}, account: { domain, freeMail, ...event['group'] } }, place);
    return [{ ...origin, kind: 'profile-updated', traits: {}, account }, engaged(event, origin, { type: 'group' })];
  }
  if (typeof event['page'] === 'string' || isRecord(event['page'])) {
    const page = typeof event['page'] === 'string' ? { path: event['page'] } : event['page'];
    return [engaged(event, origin, { type: 'page', page })];
  }
  return [
    engaged(
      event,
      origin,
      typeof event['screen'] === 'string'
        ? { type: 'screen', name: event['screen'] }
        : { type: 'track', name: event['track'] },
    ),
  ];
}

function engaged(event: Written, origin: ReturnType<typeof originOf>, what: Written): LeadFact {
  const { properties, campaign, channel, automated, source = 'example' } = event;
  const told = defined({ ...what, properties, campaign, channel, automated, source }) as unknown as EngagementEvent;
  return { ...origin, kind: 'engaged', event: told };
}

function accountFact(
  definition: PlaybookDefinition,
  { lead, account }: Pick<Example, 'lead' | 'account'>,
  { at }: Place,
): AccountFact {
  const { traits } = coerceTraits(definition.traits, 'account', account);
  const { domain, freeMail, ...others } = traits;
  const derived = accountOfEmail(lead['email']);
  return {
    domain: typeof domain === 'string' ? domain : derived.domain,
    freeMail: typeof freeMail === 'boolean' ? freeMail : derived.freeMail,
    traits: Object.fromEntries(Object.entries(others).map(([name, value]) => [name, { value, at }])),
  };
}

function commandOf(event: Written, to: string): MoveCommand {
  const { reason, note, amount, closeDate, followUp, answers } = event;
  const by = roleOf(event['by']);
  return { to: to as StageId, by, actorId: by, ...defined({ reason, note, amount, closeDate, followUp, answers }) };
}

function roleOf(by: unknown): Role {
  return (typeof by === 'string' ? by : 'sales') as Role;
}

function originOf({ at, eventId }: Place) {
  return { eventId, at, receivedAt: at, historic: false, position: null };
}

function defined(values: Written): Written {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

function isRecord(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
