import { readFileSync } from 'node:fs';

const lookEveryMs = 500;

/**
 * Started by npx, this process stops as on SIGTERM when npx is gone, however it ended: the signal that npx gets reaches only
 * the shell that it puts between, and a npx that is killed outright can pass nothing on.
 */
export function stopWithNpx({ npm_command: command }: Readonly<Record<string, string | undefined>>): void {
  if (command !== 'exec') return;
  const began = starters();
  const look = setInterval(() => {
    if (starters() === began) return;
    clearInterval(look);
    process.kill(process.pid, 'SIGTERM');
  }, lookEveryMs);
  look.unref();
}

/** The parent, and its own where it is no npm itself; the latter only where the system tells. Whoever dies, the answer changes. */
function starters(): string {
  const { ppid } = process;
  const [, name, above] = /\((.*)\) \S (\d+) /s.exec(statusOf(ppid)) ?? [];
  return name === undefined || name.startsWith('npm') ? `${ppid}` : `${ppid} ${above}`;
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return '';
  }
}
