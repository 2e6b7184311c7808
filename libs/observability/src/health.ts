export interface HealthAnswer {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** A check answers nothing when all is well, and throws a sentence when it is not. */
export type HealthCheck = () => Promise<void> | void;

/** Collects what must hold before this process may be sent work, and what it can do without. */
export class Health {
  private readonly checks = new Map<string, HealthCheck>();
  private readonly helpers = new Map<string, HealthCheck>();

  check(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** A check of what only helps: while it fails the process is ready all the same, and its answer begins with `degraded`. */
  checkHelper(name: string, check: HealthCheck): void {
    this.helpers.set(name, check);
  }

  /** Runs every check; `ready` only when all hold that are not of helpers. */
  async ready(): Promise<HealthAnswer> {
    const [needed, helping] = await Promise.all([outcomes(this.checks), outcomes(this.helpers)]);
    const checks = [...needed, ...helping.map(([name, result]) => [name, degraded(result)] as const)];
    return { ready: needed.every(([, result]) => result === 'ok'), checks: Object.fromEntries(checks) };
  }
}

function degraded(result: string): string {
  return result === 'ok' ? result : `degraded: ${result}`;
}

function outcomes(checks: ReadonlyMap<string, HealthCheck>) {
  return Promise.all([...checks].map(async ([name, check]) => [name, await outcome(check)] as const));
}

async function outcome(check: HealthCheck): Promise<string> {
  try {
    await check();
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
