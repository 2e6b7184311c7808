import type { ActionDialogProps } from './action-dialog-props.js';
import { DealDialog } from './deal-dialog.js';
import type { ActionKind } from './lead-target.js';
import { LogCallDialog } from './log-call-dialog.js';
import { QualifyDialog } from './qualify-dialog.js';
import { ReasonDialog } from './reason-dialog.js';
import { ReassignDialog } from './reassign-dialog.js';

/** The dialog that an action asks its questions in. */
export function ActionDialog({ kind, ...props }: ActionDialogProps & { kind: ActionKind }) {
  switch (kind) {
    case 'log-call':
      return <LogCallDialog {...props} />;
    case 'qualify':
      return <QualifyDialog {...props} />;
    case 'recycle':
      return <ReasonDialog {...props} to="nurture" />;
    case 'disqualify':
      return <ReasonDialog {...props} to="disqualified" />;
    case 'reassign':
      return <ReassignDialog {...props} />;
    case 'lose':
      return <ReasonDialog {...props} to="lost" />;
    case 'open-deal':
      return <DealDialog {...props} to="opportunity" />;
    case 'win':
      return <DealDialog {...props} to="customer" />;
    case 'accept':
      return null;
  }
}
