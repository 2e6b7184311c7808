import type { Logger } from '@baton/observability/logger';

/** What the foundation needs of a logger. */
export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;
