import type { Logger } from '@baton/observability/logger';

/** What the foundation needs of a logger; what nobody need see is not said where it has no place for it. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'> & Partial<Pick<Logger, 'debug'>>;
