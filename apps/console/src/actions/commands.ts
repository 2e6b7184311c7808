import { send } from '../api/client.js';
import type { Activity, Move } from '../api/types.js';

/** What the console can do to a lead; each throws `Problem` in the words of the API. */

export const moveLead = (lead: string, move: Move) => send<unknown>('POST', `/api/leads/${lead}/stage`, move);

export const undoMove = (lead: string) => send<unknown>('POST', `/api/leads/${lead}/undo`, {});

export const saveAnswers = (lead: string, answers: Record<string, unknown>) =>
  send<unknown>('PATCH', `/api/leads/${lead}/answers`, { answers });

export const logActivity = (lead: string, activity: Activity) =>
  send<unknown>('POST', `/api/leads/${lead}/activities`, activity);

export const assignLead = (lead: string, to: string, note: string) =>
  send<unknown>('POST', `/api/leads/${lead}/assign`, { to, ...(note && { note }) });

export const signIn = (token: string) => send<undefined>('POST', '/api/session', { token });

export const signOut = () => send<undefined>('DELETE', '/api/session');
