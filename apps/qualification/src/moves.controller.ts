import { qualificationRoutes } from '@baton/contracts/http/qualification';
import type { PlaybookRef } from '@baton/contracts/lead-scores';
import { answerLead } from '@baton/domain/lifecycle/answer-lead';
import { isRejection, type Fold, type Rejection } from '@baton/domain/lifecycle/fold';
import { moveLead } from '@baton/domain/lifecycle/move-lead';
import { undoMove } from '@baton/domain/lifecycle/undo-move';
import type { LeadState } from '@baton/domain/lifecycle/lead-state';
import type { Playbook, Role } from '@baton/domain/playbook/definition';
import type { UnitOfWork } from '@baton/messaging/handler';
import type { Positions } from '@baton/messaging/record';
import type { Principal } from '@baton/service-kit/principal';
import { problem } from '@baton/service-kit/problem';
import { answer, type Call, Serves } from '@baton/service-kit/serves';
import { type Clock, CLOCK, UNIT_OF_WORK } from '@baton/service-kit/tokens';
import { Controller, Inject } from '@nestjs/common';
import { ComputedTimes } from './computed-times.js';
import { folded, LeadStates, type OpenLeadState } from './lead-states.js';
import { Playbooks } from './playbooks.js';
import { moveRefused } from './move-refused.js';
import { changeId, rfc3339, stageFacts } from './stage-facts.js';

type People = Exclude<Role, 'system'>;
type Decide = (playbook: Playbook, state: LeadState, now: number) => Fold | Rejection;

const undoWindowMs = 10 * 60_000;

/** What people do to a lead's stage: moves, answers and taking back; refused moves leave nothing behind. */
@Controller()
export class MovesController {
  @Inject(UNIT_OF_WORK) private readonly unit!: UnitOfWork;
  @Inject(CLOCK) private readonly clock!: Clock;
  @Inject(Playbooks) private readonly playbooks!: Playbooks;
  @Inject(LeadStates) private readonly states!: LeadStates;
  @Inject(ComputedTimes) private readonly computedTimes!: ComputedTimes;

  @Serves(qualificationRoutes.moveStage)
  async move({ params, body, principal }: Call<typeof qualificationRoutes.moveStage>) {
    const { by: _by, rep: _rep, ...command } = body;
    const actor = actorOf(principal, body);
    const { fold, positions } = await this.decide(params.id, (playbook, state, now) =>
      moveLead(playbook, state, { ...command, by: actor.kind, actorId: actor.id }, now),
    );
    const change = fold.changes.at(-1)!;
    return answer(
      {
        id: changeId(params.id, change.number),
        lead: params.id,
        from: change.from,
        to: change.to,
        cycle: change.cycle,
        at: rfc3339(change.at),
        via: change.via,
        reason: change.reason,
        undoUntil: rfc3339(change.decidedAt + undoWindowMs),
      },
      { after: positions },
    );
  }

  @Serves(qualificationRoutes.undoMove)
  async undo({ params, body, principal }: Call<typeof qualificationRoutes.undoMove>) {
    const actor = actorOf(principal, body ?? {});
    const { fold, positions } = await this.decide(params.id, (playbook, state, now) =>
      undoMove(playbook, state, { by: actor.kind, actorId: actor.id }, now),
    );
    const undone = fold.corrected.at(-1)!;
    return answer(
      {
        id: changeId(params.id, undone.corrects),
        lead: params.id,
        from: undone.stage,
        to: fold.state.stage,
        cycle: undone.cycle,
        at: rfc3339(undone.decidedAt),
        via: null,
      },
      { after: positions },
    );
  }

  @Serves(qualificationRoutes.answer)
  async answer({ params, body, principal }: Call<typeof qualificationRoutes.answer>) {
    const actor = actorOf(principal, body);
    const { fold, positions } = await this.decide(params.id, (playbook, state, now) =>
      answerLead(playbook, state, { answers: body.answers, by: actor.kind, actorId: actor.id }, now),
    );
    return answer({ lead: params.id, answers: fold.state.evidence.answers }, { after: positions });
  }

  private async decide(id: string, decide: Decide): Promise<{ fold: Fold; positions: Positions }> {
    const { result, positions } = await this.unit.run(async (sql) => {
      const lead = await this.states.openOne(sql, id);
      if (!lead || lead.state.gone === 'erased')
        throw problem(404, 'No such lead', `There is no lead ${id}; look it up with GET /api/leads.`);
      const { playbook, ref } = await this.playbooks.governing(sql, lead.partition);
      const decided = decide(playbook, lead.state, this.clock());
      if (isRejection(decided)) throw moveRefused(lead.state.stage, decided);
      return this.take(lead, decided, ref, sql);
    });
    return { fold: result, positions };
  }

  private async take(lead: OpenLeadState, fold: Fold, playbook: PlaybookRef, sql: Parameters<LeadStates['write']>[0]) {
    const publish = stageFacts(lead.id, fold, { playbook, sequence: lead.sequence });
    const moved = folded(lead, fold, publish.length);
    await this.states.write(sql, [moved]);
    const committed = () => {
      this.states.keep([moved]);
      this.computedTimes.expect([moved]);
    };
    return { result: fold, publish, committed };
  }
}

const standsFor: Record<Principal['role'], readonly People[]> = {
  viewer: [],
  rep: ['sales'],
  manager: ['sales', 'manager'],
  marketing: ['marketing'],
  crm: ['crm'],
  admin: ['sales', 'marketing', 'manager', 'crm'],
};

function actorOf(principal: Principal, { by, rep }: { by?: People; rep?: string }): { kind: People; id: string } {
  const may = standsFor[principal.role];
  const kind = by ?? may[0];
  if (!kind || !may.includes(kind)) {
    throw problem(
      403,
      'Not allowed',
      `Your role ${principal.role} does not act as ${by ?? 'anyone'}; it may act as ${may.join(' or ') || 'nobody'}.`,
    );
  }
  return { kind, id: (principal.role === 'admin' ? rep : undefined) ?? principal.rep ?? principal.name };
}
