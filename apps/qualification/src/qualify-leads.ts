import { playbookActivated, type PlaybookActivated } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { isFold } from '@baton/domain/lifecycle/fold';
import { foldLead } from '@baton/domain/lifecycle/fold-lead';
import { type LeadFact, readLeadFact } from '@baton/domain/lifecycle/lead-fact';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch, LogRecord } from '@baton/messaging/record';
import type { OfLead } from '@baton/persistence/folded-leads';
import { readOccurrences } from '@baton/persistence/lead-occurrences';
import { lockMerges } from '@baton/persistence/lock-merges';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { ComputedTimes } from './computed-times.js';
import { beginWork, type LeadWork, take, tell } from './lead-work.js';
import { LeadStates } from './lead-states.js';
import { JoinLeads } from './join-leads.js';
import { type Merge, mergesOf } from './merges.js';
import { Playbooks, type PublishedPlaybook } from './playbooks.js';
import { absorbedFact, erasedFact } from './stage-facts.js';

/** Folds each lead's facts, in their order, into its stage, and publishes every change with what it was decided on. */
@Controller()
export class QualifyLeads {
  constructor(
    @Inject(Playbooks) private readonly playbooks: Playbooks,
    @Inject(LeadStates) private readonly states: LeadStates,
    @Inject(ComputedTimes) private readonly computedTimes: ComputedTimes,
  ) {}

  @Consumes(topics.leadEvents)
  async qualify(batch: Batch, sql: Sql): Promise<Effects> {
    const merges = mergesOf(batch.records);
    if (merges.length > 0) await lockMerges(sql);
    const { works, partners, governing, published } = await this.queueFacts(batch.records, merges, sql);
    const joining = new JoinLeads({ works, partners, states: this.states, sql });
    await this.foldAll({ works: absorbedFirst(works, merges), published, joining }, sql);
    for (const merge of merges)
      await joining.finish(
        merge,
        async (partition) => governing.get(partition) ?? this.playbooks.governing(sql, partition),
      );
    const leads = [...works.values()].map(({ lead }) => lead);
    await this.states.write(sql, leads);
    await forgetKeys(
      sql,
      leads.filter(({ erased }) => erased).map(({ id }) => id),
    );
    return {
      publish: [...works.values()].flatMap(({ publications }) => publications),
      committed: () => {
        this.states.keep(leads);
        this.computedTimes.expect(leads);
      },
    };
  }

  private async queueFacts(records: readonly LogRecord[], merges: readonly Merge[], sql: Sql) {
    const ofLeads = records.filter(({ envelope }) => envelope.type !== playbookActivated.type);
    const own = new Set(ofLeads.map(({ key }) => key));
    const open = await this.states.open(sql, [...partnersOf(merges), ...ofLeads]);
    const partners = new Map([...open].filter(([id, { revision }]) => !own.has(id) && revision > 0));
    const works = new Map<string, LeadWork>();
    const governing = new Map(
      await this.playbooks.governingEach(
        sql,
        records.map(({ partition }) => partition),
      ),
    );
    const published = new Map([...governing.values()].map((version) => [version.playbook, version]));
    for (const { key, partition, position, envelope } of records) {
      if (envelope.type === playbookActivated.type) {
        const activated = await this.playbooks.named(sql, envelope.data as PlaybookActivated);
        governing.set(partition, activated);
        published.set(activated.playbook, activated);
        await this.playbooks.switch(sql, partition, activated.ref);
        continue;
      }
      const fact = readLeadFact(envelope.type, envelope.data as object, { partition, position });
      if (!fact) continue;
      const work = works.get(key) ?? beginWork(open.get(key)!);
      works.set(key, work);
      work.queue.push({ fact, playbook: governing.get(partition)!.playbook });
    }
    return { works, partners, governing, published };
  }

  private async foldAll(folding: Folding, sql: Sql) {
    for (let stuck = this.foldRound(folding); stuck.length > 0; stuck = this.foldRound(folding)) {
      const wanted = stuck.flatMap(({ work, signals }) => signals.map((signal) => ({ lead: work.lead.id, signal })));
      const stored = await readOccurrences(sql, wanted);
      for (const { work, signals } of stuck) work.queue.give(signals, stored.get(work.lead.id) ?? []);
    }
  }

  private foldRound({ works, published, joining }: Folding) {
    return works.flatMap((work) => {
      const signals = work.queue.fold(({ playbook, fact }, history) => {
        const wasGone = work.lead.state.gone !== null;
        const result = foldLead(playbook, work.lead.state, fact, history);
        if (!isFold(result)) return result;
        const governing = published.get(playbook)!;
        take(work, result, governing);
        tellEnd(work, fact, wasGone);
        if (fact.kind === 'merged') joining.atOnce(work, fact, governing);
        return result;
      });
      return signals ? [{ work, signals }] : [];
    });
  }
}

interface Folding {
  readonly works: readonly LeadWork[];
  readonly published: ReadonlyMap<object, PublishedPlaybook>;
  readonly joining: JoinLeads;
}

/** Only those with a row matter, which knows its partition. */
function partnersOf(merges: readonly Merge[]): readonly OfLead[] {
  return merges.flatMap(({ absorbed, survivor }) => [absorbed, survivor]).map((key) => ({ key, partition: -1 }));
}

/** What an absorbed lead has come to is known when its survivor asks for it. */
function absorbedFirst(works: ReadonlyMap<string, LeadWork>, merges: readonly Merge[]): readonly LeadWork[] {
  const absorbed = new Set(merges.map((merge) => merge.absorbed));
  const rank = ({ lead }: LeadWork) => (absorbed.has(lead.id) ? 0 : 1);
  return [...works.values()].toSorted((a, b) => rank(a) - rank(b));
}

/** Who reads the stages alone, here and outside, learns of a lead's end here, behind everything that was said of it. */
function tellEnd(work: LeadWork, fact: LeadFact, wasGone: boolean): void {
  const { id, sequence } = work.lead;
  if (fact.kind === 'absorbed' && !wasGone) tell(work, absorbedFact(id, { fact, sequence }));
  if (fact.kind !== 'erased') return;
  tell(work, erasedFact(id, { at: fact.at, sequence }));
  work.lead = { ...work.lead, newOccurrences: [], revoked: [] };
}
