export interface HealthAnswer {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, string>>;
}

/** A check answers nothing when all is well, and throws a sentence when it is not. */
export type HealthCheck = () => Promise<void> | void;

/** Collects what must hold before this process may be sent work. */
export class Health {
  private readonly checks = new Map<string, HealthCheck>();

  check(name: string, check: HealthCheck): void {
    this.checks.set(name, check);
  }

  /** Runs every check; `ready` only when all of them hold. */
  async ready(): Promise<HealthAnswer> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]) => [name, await outcome(check)] as const),
    );
    return { ready: results.every(([, result]) => result === 'ok'), checks: Object.fromEntries(results) };
  }
}

async function outcome(check: HealthCheck): Promise<string> {
  try {
    await check();
    return 'ok';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
