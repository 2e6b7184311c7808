import type { Role, StageId } from '../playbook/definition.js';

/** What a person asks for. `by` is the role acted in, `actorId` who it is. */
export interface MoveCommand {
  readonly to: StageId;
  readonly by: Role;
  readonly actorId: string;
  readonly reason?: string;
  readonly note?: string;
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly amount?: number;
  readonly closeDate?: string;
  readonly followUp?: string;
}
