/**
 * Injection tokens of every service module: `@Inject(DATABASE) database: Database`. Each service gets its own database view,
 * unit of work, hot state and logger; the rest is one per process.
 */
export const DATABASE = Symbol('baton:database');
export const UNIT_OF_WORK = Symbol('baton:unit-of-work');
export const HOT_STATE = Symbol('baton:hot-state');
export const TRANSPORT = Symbol('baton:transport');
export const SETTINGS = Symbol('baton:settings');
export const LOGGER = Symbol('baton:logger');
export const CLOCK = Symbol('baton:clock');
export const HOSTED_SERVICES = Symbol('baton:hosted-services');
export const METRICS = Symbol('baton:metrics');

/** The wall clock, epoch milliseconds. */
export type Clock = () => number;

/** The contract routes of the whole interface, whoever serves them. */
export const DOCUMENTED_ROUTES = Symbol('baton:documented-routes');
