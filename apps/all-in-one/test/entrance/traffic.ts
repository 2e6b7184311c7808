export interface Traffic {
  /** What the requests sent so far are called. */
  readonly sent: readonly string[];
  /** Every answer but 200, and every request without one. */
  readonly failures: readonly string[];
  /** Resolves when the requests under way are answered. */
  end(): Promise<void>;
}

/** So many clients, each of which sends one request after another until the end. */
export function traffic(senders: number, send: (name: string, sender: number) => Promise<Response>): Traffic {
  const sent: string[] = [];
  const failures: string[] = [];
  let isOver = false;
  async function sendOne(sender: number): Promise<void> {
    const name = `${sender}-${sent.length}`;
    sent.push(name);
    const answer = await send(name, sender).catch((error: unknown) => error);
    if (!(answer instanceof Response)) failures.push(String(answer));
    else if (answer.status !== 200) failures.push(`${answer.status} ${await answer.text()}`);
    else await answer.text();
  }
  const loops = Array.from({ length: senders }, async (_, sender) => {
    while (!isOver) await sendOne(sender);
  });
  return {
    sent,
    failures,
    async end() {
      isOver = true;
      await Promise.all(loops);
    },
  };
}
