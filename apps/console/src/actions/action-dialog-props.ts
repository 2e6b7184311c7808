import type { LeadTarget } from './lead-target.js';

/** What a finished action leaves behind: the words for the person and how to take it back. */
export interface Done {
  words: string;
  undo?: (() => Promise<unknown>) | undefined;
  /** The lead leaves the queue by this, and the next one comes up. */
  leaves?: boolean;
}

/** What every dialog of an action gets. */
export interface ActionDialogProps {
  target: LeadTarget;
  onClose: () => void;
  onDone: (done: Done) => void;
}
