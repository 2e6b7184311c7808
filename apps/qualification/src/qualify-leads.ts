import { playbookActivated, type PlaybookActivated } from '@baton/contracts/lead-events';
import { topics } from '@baton/contracts/topics';
import { FactQueue } from '@baton/domain/evidence/fact-queue';
import { isFold, type Fold } from '@baton/domain/lifecycle/fold';
import { foldLead } from '@baton/domain/lifecycle/fold-lead';
import { type LeadFact, readLeadFact } from '@baton/domain/lifecycle/lead-fact';
import { forgetKeys } from '@baton/messaging/erasure-store';
import type { Effects } from '@baton/messaging/handler';
import type { Batch, Publication } from '@baton/messaging/record';
import type { Sql } from '@baton/persistence/sql';
import { Consumes } from '@baton/service-kit/consumes';
import { Controller, Inject } from '@nestjs/common';
import { ComputedTimes } from './computed-times.js';
import { folded, LeadStates, type OpenLeadState } from './lead-states.js';
import { Playbooks, type PublishedPlaybook } from './playbooks.js';
import { erasedFact, stageFacts } from './stage-facts.js';

interface Work {
  readonly queue: FactQueue;
  readonly publications: Publication[];
  lead: OpenLeadState;
}

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
    const { works, governing, published } = await this.queueFacts(batch, sql);
    await this.foldAll([...works.values()], published, sql);
    const leads = [...works.values()].map(({ lead }) => lead);
    await this.states.write(sql, leads);
    await forgetKeys(
      sql,
      leads.filter(({ erased }) => erased).map(({ id }) => id),
    );
    return {
      publish: [...works.values()].flatMap(({ publications }) => publications),
      committed: () => {
        this.playbooks.switched(batch.partition, governing.ref);
        this.states.keep(leads);
        this.computedTimes.expect(leads);
      },
    };
  }

  private async queueFacts(batch: Batch, sql: Sql) {
    const { partition } = batch;
    const ids = new Set(
      batch.records.filter(({ envelope }) => envelope.type !== playbookActivated.type).map(({ key }) => key),
    );
    const open = await this.states.open(sql, partition, [...ids]);
    const works = new Map<string, Work>();
    let governing = await this.playbooks.governing(partition);
    const published = new Map([[governing.playbook, governing]]);
    for (const { key, position, envelope } of batch.records) {
      if (envelope.type === playbookActivated.type) {
        governing = await this.playbooks.named(envelope.data as PlaybookActivated);
        published.set(governing.playbook, governing);
        await this.playbooks.switch(sql, partition, governing.ref);
        continue;
      }
      const fact = readLeadFact(envelope.type, envelope.data as object, { partition, position });
      if (!fact) continue;
      const work = works.get(key) ?? { queue: new FactQueue(), publications: [], lead: open.get(key)! };
      works.set(key, work);
      work.queue.push({ fact, playbook: governing.playbook });
    }
    return { works, governing, published };
  }

  private async foldAll(works: readonly Work[], published: ReadonlyMap<object, PublishedPlaybook>, sql: Sql) {
    for (let stuck = this.foldRound(works, published); stuck.length > 0; stuck = this.foldRound(works, published)) {
      const wanted = stuck.flatMap(({ work, signals }) => signals.map((signal) => ({ lead: work.lead.id, signal })));
      const stored = await this.states.occurrences(sql, wanted);
      for (const { work, signals } of stuck) work.queue.give(signals, stored.get(work.lead.id) ?? []);
    }
  }

  private foldRound(works: readonly Work[], published: ReadonlyMap<object, PublishedPlaybook>) {
    return works.flatMap((work) => {
      const signals = work.queue.fold(({ playbook, fact }, history) => {
        const result = foldLead(playbook, work.lead.state, fact, history);
        if (!isFold(result)) return result;
        this.take(work, result, published.get(playbook)!);
        if (fact.kind === 'erased') this.tellErased(work, fact);
        return result;
      });
      return signals ? [{ work, signals }] : [];
    });
  }

  private take(work: Work, fold: Fold, { ref }: PublishedPlaybook): void {
    const facts = stageFacts(work.lead.id, fold, { playbook: ref, sequence: work.lead.sequence });
    work.publications.push(...facts);
    work.lead = folded(work.lead, fold, facts.length);
  }

  /** Who reads this topic alone, here and outside, learns of it here, behind everything that was said of the lead. */
  private tellErased(work: Work, { at }: LeadFact): void {
    const { id, sequence } = work.lead;
    work.publications.push(erasedFact(id, { at, sequence }));
    work.lead = { ...work.lead, sequence: sequence + 1, newOccurrences: [], revoked: [] };
  }
}
