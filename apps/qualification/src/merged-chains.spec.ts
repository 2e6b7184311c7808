import { leadAbsorbed } from '@baton/contracts/lead-events';
import { type LeadAnswered, type LeadStageChanged, leadAnswered, leadStageChanged } from '@baton/contracts/lead-stages';
import { topics } from '@baton/contracts/topics';
import type { LogRecord, Publication } from '@baton/messaging/record';
import { type Feed, feedAs } from '@baton/testing/feed';
import { inStep, interleavings } from '@baton/testing/interleavings';
import { engaged, identified, merged } from '@baton/testing/lead-facts';
import { runForTest, type TestRun } from '@baton/testing/run-service';
import { readTopic } from '@baton/testing/topic-store';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { qualification } from './service.js';

const playbookFile = fileURLToPath(new URL('../test/playbook.yaml', import.meta.url));
const account = {
  domain: 'acme.example',
  freeMail: false,
  traits: { employees: { value: 100, at: '2026-03-01T08:00:00.000Z' } },
};
const workedOn = '2026-03-01T11:30:00.000Z';
const lower = '2026-03-01T12:00:00.000Z';
const upper = '2026-03-01T12:30:00.000Z';

interface Lead {
  readonly answers: Readonly<Record<string, unknown>>;
  readonly changes: readonly LeadStageChanged[];
  readonly lastType: string;
}

describe('a lead that absorbed one which had absorbed another', () => {
  let run: TestRun;
  let ingest: Feed;

  beforeAll(async () => {
    run = await runForTest([qualification], { settings: { playbookFile }, clock: () => Date.parse(workedOn) });
    ingest = await feedAs(run, 'ingest');
  });

  afterAll(async () => {
    await ingest?.close();
    await run?.stop();
  });

  const came = (lead: string) => identified(lead, { at: '2026-03-01T09:00:00.000Z', account });
  const asked = (lead: string, of = lead) => [
    engaged(lead, { name: 'Demo Requested' }, { at: '2026-03-01T10:00:00.000Z', eventId: `web:${of}-demo` }),
    engaged(lead, { page: { path: '/pricing' } }, { at: '2026-03-01T11:00:00.000Z', eventId: `web:${of}-pricing` }),
  ];

  async function becomeSql(lead: string, need: string): Promise<void> {
    const moved = await run.request('POST', `/api/leads/${lead}/stage`, { to: 'sql', answers: { need } });
    expect([lead, moved.status]).toEqual([lead, 200]);
  }

  async function leads(): Promise<Map<string, Lead>> {
    const facts = (await readTopic(run.databaseUrl, topics.leadStages)) as LogRecord<object>[];
    const byLead = Map.groupBy(facts, ({ key }) => key);
    return new Map([...byLead].map(([id, own]) => [id, leadOf(own)]));
  }

  function leadOf(facts: readonly LogRecord<object>[]): Lead {
    expect(facts.map(({ envelope }) => envelope.sequence)).toEqual(facts.map((_, index) => index + 1));
    const of = <T>(type: string) =>
      facts.filter(({ envelope }) => envelope.type === type).map(({ envelope }) => envelope.data as T);
    const answered = of<LeadAnswered>(leadAnswered.type).flatMap(({ answers }) => Object.entries(answers));
    return {
      answers: Object.fromEntries(answered.map(([id, { value }]) => [id, value])),
      changes: of<LeadStageChanged>(leadStageChanged.type),
      lastType: facts.at(-1)!.envelope.type,
    };
  }

  /** The facts of both merges; those of a lead are in order, the partitions of the three leads are read in any. */
  function mergesOf(first: string, second: string, third: string): readonly (readonly Publication[])[][] {
    const below = merged({ absorbed: third, survivor: second }, lower);
    const above = merged({ absorbed: second, survivor: first }, upper);
    const partitions = [
      [[below.absorbed]],
      [[below.merged, ...asked(second, third)], [above.absorbed]],
      [[above.merged, ...asked(first, third)]],
    ];
    return [...interleavings(partitions)].map((order) => [...order]);
  }

  it.each([
    { what: 'nothing more than a lead', name: 'plain', middleIs: 'lead' },
    { what: 'an MQL of its own', name: 'mql', middleIs: 'mql' },
    { what: 'worked on as far', name: 'sql', middleIs: 'sql' },
  ])('comes to the same in whatever order partitions are read, the one in between being $what', async (chain) => {
    const idsOf = (order: number) => ['first', 'second', 'third'].map((lead) => `${chain.name}-${order}-${lead}`);
    const orders = mergesOf('', '', '').map((_, order) => {
      const [first, second, third] = idsOf(order) as [string, string, string];
      return { first, second, third, merges: mergesOf(first, second, third)[order]! };
    });
    await ingest.publish(
      ...orders.flatMap(({ first, second, third }) => [
        ...[first, second, third].map(came),
        ...asked(third),
        ...(chain.middleIs === 'lead' ? [] : asked(second)),
      ]),
    );
    for (const { second, third } of orders) {
      await becomeSql(third, 'speed');
      if (chain.middleIs === 'sql') await becomeSql(second, 'price');
    }
    for (const facts of inStep(orders.map(({ merges }) => merges))) await ingest.publish(...facts.flat());

    const told = await leads();
    const need = chain.middleIs === 'sql' ? 'price' : 'speed';
    const waysOfMiddle = new Set<boolean>();
    for (const { first, second, third } of orders) {
      const { answers, changes } = told.get(first)!;
      expect([first, answers, changes.map(({ to, via, at }) => [to, via, at])]).toEqual([
        first,
        { need },
        [
          ['lead', 'identified', '2026-03-01T09:00:00.000Z'],
          ['mql', 'merged', '2026-03-01T11:00:00.000Z'],
          ['sql', 'merged', workedOn],
        ],
      ]);
      expect([second, third].map((id) => [id, told.get(id)!.lastType])).toEqual([
        [second, leadAbsorbed.type],
        [third, leadAbsorbed.type],
      ]);
      const isTold = told.get(second)!.changes.some(({ via }) => via === 'merged');
      waysOfMiddle.add(isTold);
      const named = changes.at(-1)!.criteria.map(({ values }) => values['lead']);
      expect([first, ...named]).toEqual([first, ...(isTold || chain.middleIs === 'sql' ? [] : [third]), second]);
    }
    expect(waysOfMiddle).toEqual(new Set(chain.middleIs === 'sql' ? [false] : [true, false]));
  });
});
