/** A gate that tests open: whoever waits at it goes on then. */
export interface Latch {
  readonly opened: Promise<void>;
  open(): void;
}

export function latch(): Latch {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Asks until the condition holds; rejects after half a minute, saying what was waited for. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited half a minute in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export const never = new Promise<never>(() => undefined);
