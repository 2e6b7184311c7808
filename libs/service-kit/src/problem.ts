export interface FieldError {
  /** JSON pointer into what was sent, below `/params`, `/query` or `/body`. */
  readonly path: string;
  readonly message: string;
}

export interface ProblemExtensions {
  readonly errors?: readonly FieldError[];
  /** Seconds, for 429 and 503: sent as `Retry-After`. */
  readonly retryAfter?: number;
  readonly [extension: string]: unknown;
}

/** An answer of RFC 9457 on its way to the caller; the only exception that reaches people word for word. */
export class ProblemError extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    readonly extensions: ProblemExtensions = {},
  ) {
    super(`${title}: ${detail}`);
    this.name = 'ProblemError';
  }
}

/** Makes the problem to throw: `throw problem(409, 'Move not possible', 'From mql a lead can go to …', { possible })`. */
export function problem(
  status: number,
  title: string,
  detail: string,
  extensions: ProblemExtensions = {},
): ProblemError {
  return new ProblemError(status, title, detail, extensions);
}

/** The body of `application/problem+json`; its type is a relative reference named after the title. */
export function problemBody({ status, title, detail, extensions }: ProblemError): Record<string, unknown> {
  const { retryAfter, ...fields } = extensions;
  return {
    type: `/problems/${slug(title)}`,
    title,
    status,
    detail,
    ...fields,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

function slug(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
