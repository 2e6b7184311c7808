import type { TSchema } from '@sinclair/typebox';
import type { Role } from '../definitions.js';
import type { ServiceName } from '../topics.js';

/**
 * One call of the public HTTP interface. The list of routes is the source of the controllers' paths, the validation of
 * what comes in, and the OpenAPI document.
 */
export interface Route {
  /** `every`: served by each process, in front of all services. */
  readonly service: ServiceName | 'every';
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With parameters in braces: `/api/leads/{id}`. */
  readonly path: string;
  readonly summary: string;
  /** Who may call it; `public` needs no key, `write-key` is checked by the handler in any of its places. */
  readonly access: readonly Role[] | 'public' | 'write-key' | 'any-role';
  readonly params?: TSchema;
  readonly query?: TSchema;
  readonly body?: TSchema;
  /** Schema of the answer with status 200 (or `status`). */
  readonly response?: TSchema;
  readonly status?: number;
}

export function route<const R extends Route>(definition: R): R {
  return definition;
}
