import { types } from 'node:util';

const { isNativeError } = types;

/**
 * Whose fault an error is. `transient`: the database or the network, or two transactions in each other's way; the same
 * work will succeed later. `installation`: the schema or the rights are wrong, so nothing of its kind will succeed until
 * someone acts. `own`: anything else, the work itself.
 */
export type Fault = 'transient' | 'installation' | 'own';

/** Classes of SQLSTATE (its first two characters): connection, rollback by conflict, resources, operator, system, internal. */
const transientClasses = new Set(['08', '40', '53', '57', '58', 'XX']);
/** Read-only server (a failover under way), transaction ended for idleness, lock not available. */
const transientStates = new Set(['25006', '25P03', '55P03']);
/** Authorization, unknown database or schema, syntax or missing object. */
const installationClasses = new Set(['28', '3D', '3F', '42']);
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'EAI_AGAIN',
  'ENETUNREACH',
]);
/** Faults that the PostgreSQL driver raises itself carry no code. */
const driverMessages = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error',
  'Client was closed',
  'Cannot use a pool after calling end',
  'Query runner already released',
  'Query read timeout',
];

/** Tells by SQLSTATE, network code or the driver's message, looking through `cause`. */
export function faultOf(error: unknown): Fault {
  for (let cause = error; isNativeError(cause); cause = cause.cause) {
    const fault = faultOfOne(cause);
    if (fault !== 'own') return fault;
  }
  return 'own';
}

/** True when two transactions met (deadlock, serialization): repeating the whole transaction at once is right. */
export function isConflict(error: unknown): boolean {
  const code = isNativeError(error) ? (error as Error & { code?: unknown }).code : undefined;
  return code === '40P01' || code === '40001';
}

function faultOfOne(error: Error & { code?: unknown }): Fault {
  if (typeof error.code === 'string') {
    if (networkCodes.has(error.code) || transientStates.has(error.code)) return 'transient';
    if (/^[0-9A-Z]{5}$/.test(error.code)) return faultOfState(error.code.slice(0, 2));
  }
  return driverMessages.some((message) => error.message.startsWith(message)) ? 'transient' : 'own';
}

function faultOfState(stateClass: string): Fault {
  if (transientClasses.has(stateClass)) return 'transient';
  return installationClasses.has(stateClass) ? 'installation' : 'own';
}
