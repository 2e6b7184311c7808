import { callApi, type Connection } from '../connection.js';
import type { Chance } from './chance.js';

interface QueueItem {
  readonly lead: { readonly id: string };
  readonly stage: string;
}

interface Definition {
  readonly checklist: readonly { readonly id: string; readonly type: string; readonly options?: readonly string[] }[];
  readonly reasons: readonly { readonly id: string; readonly to: readonly string[] }[];
}

/** What the simulated reps do with the hottest leads: call, accept, qualify, recycle or close; answers how many they touched. */
export async function workTheQueue(connection: Connection, chance: Chance): Promise<number> {
  const { items } = await callApi<{ items: QueueItem[] }>(connection, '/api/queue?limit=20');
  const definition = await callApi<Definition>(connection, '/api/playbook');
  let worked = 0;
  for (const { lead, stage } of items) {
    if (!chance.happens(0.4)) continue;
    await workOn(connection, { id: lead.id, stage }, { chance, definition });
    worked += 1;
  }
  return worked;
}

interface Means {
  readonly chance: Chance;
  readonly definition: Definition;
}

async function workOn(
  connection: Connection,
  { id, stage }: { id: string; stage: string },
  { chance, definition }: Means,
): Promise<void> {
  const reached = chance.happens(0.75);
  await act(connection, `/api/leads/${id}/activities`, {
    kind: 'call',
    direction: 'outbound',
    outcome: reached ? 'connected' : 'voicemail',
    rep: 'demo',
  });
  if (!reached) return;
  if (chance.happens(0.25)) return void (await putAside(connection, id, { chance, definition }));
  if (stage === 'mql') await act(connection, `/api/leads/${id}/stage`, { to: 'accepted' });
  if (stage === 'accepted')
    await act(connection, `/api/leads/${id}/stage`, { to: 'sql', answers: answersTo(definition, chance) });
  if (stage === 'sql')
    await act(connection, `/api/leads/${id}/stage`, {
      to: 'opportunity',
      amount: chance.between(5, 90) * 1000,
      closeDate: inDays(45),
    });
  if (stage === 'opportunity' && chance.happens(0.5))
    await act(connection, `/api/leads/${id}/stage`, { to: 'customer' });
}

async function putAside(connection: Connection, id: string, { chance, definition }: Means): Promise<void> {
  const reason = chance.oneOf(definition.reasons.filter(({ to }) => to.includes('nurture')));
  if (reason) await act(connection, `/api/leads/${id}/stage`, { to: 'nurture', reason: reason.id });
}

function answersTo({ checklist }: Definition, chance: Chance): Record<string, unknown> {
  return Object.fromEntries(checklist.map(({ id, type, options }) => [id, answerOf(type, options ?? [], chance)]));
}

function answerOf(type: string, options: readonly string[], chance: Chance): unknown {
  if (type === 'choice') return options[0];
  if (type === 'choices') return options.slice(0, 1);
  if (type === 'number' || type === 'days') return chance.between(20, 90);
  if (type === 'date') return inDays(60);
  return type === 'yes-no' ? true : 'They wait days for a first call';
}

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

/** A simulated rep shrugs at a refusal, as real ones do, and takes the next lead. */
async function act(connection: Connection, path: string, body: Record<string, unknown>): Promise<void> {
  await callApi(connection, path, { method: 'POST', body: JSON.stringify(body) }).catch(() => null);
}
