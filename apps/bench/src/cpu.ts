import { readFile } from 'node:fs/promises';

/** CPU seconds that a process has used, user and system, without its children's (fields 14 and 15 of /proc/PID/stat, proc(5)). */
export async function cpuSeconds(pid: number): Promise<number> {
  const { own } = await cpuOf(pid);
  return own;
}

/** The same of every process that a process started, and of theirs, those that have ended included. */
export async function cpuSecondsBelow(pid: number): Promise<number> {
  const { ended } = await cpuOf(pid);
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8');
  const pids = children.trim().split(' ').filter(Boolean).map(Number);
  const each = await Promise.all(
    pids.map(async (child) => {
      const { own } = await cpuOf(child).catch(() => ({ own: 0 }));
      return own + (await cpuSecondsBelow(child).catch(() => 0));
    }),
  );
  return each.reduce((sum, seconds) => sum + seconds, ended);
}

/** The kernel counts in ticks of 10 ms: fields 14 and 15 are the process itself, 16 and 17 its children that have ended. */
async function cpuOf(pid: number): Promise<{ own: number; ended: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = (from: number) => Number(fields[from]) + Number(fields[from + 1]);
  return { own: ticks(11) / 100, ended: ticks(13) / 100 };
}
