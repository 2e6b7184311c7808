/** Asks until the condition holds; rejects after half a minute, saying what was waited for. */
export async function eventually(what: string, condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error(`Waited half a minute in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
