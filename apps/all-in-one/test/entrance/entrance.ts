import { type ServiceName, services } from '@baton/contracts/topics';
import { freePorts } from '@baton/testing/free-ports';
import { spawnGuarded } from '@baton/testing/guarded-child';
import { programOnPath } from '@baton/testing/program-on-path';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../../../../deploy/entrance/', import.meta.url));
const installedFolder = '/usr/local/etc/haproxy/';

export const haproxy = programOnPath('haproxy');
export const haproxyHint = 'there is no haproxy; apt-get install haproxy';

export interface Entrance {
  readonly url: string;
  /** Resolves when it sends work to so many replicas of a service. */
  sees(service: ServiceName, replicas: number): Promise<void>;
  stop(): Promise<void>;
}

/** The real proxy with the committed configuration; only addresses are replaced: its own, and those of the replicas. */
export async function startEntrance(replicas: Partial<Record<ServiceName, readonly number[]>>): Promise<Entrance> {
  if (!haproxy) throw new Error(haproxyHint);
  const [port] = await freePorts(1);
  const home = await mkdtemp(join(tmpdir(), 'baton-entrance-'));
  const file = join(home, 'haproxy.cfg');
  await writeFile(file, withAddresses(await readFile(join(folder, 'haproxy.cfg'), 'utf8'), port!, replicas));
  const child = await spawnGuarded(haproxy, ['-db', '-f', file], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const ready = () => fetch(`${url}/health/ready`).catch(() => undefined);
  for (let answer = await ready(); !answer; answer = await ready()) {
    if (child.process.exitCode !== null) throw new Error('haproxy ended; run haproxy -c on its configuration');
  }
  return {
    url,
    async sees(service, count) {
      for (;;) {
        const { checks } = (await (await ready())!.json()) as { checks: Record<string, string> };
        if (checks[service] === `${count} ready`) return;
      }
    },
    async stop() {
      child.process.kill('SIGKILL');
      await child.ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

function withAddresses(
  configuration: string,
  port: number,
  replicas: Partial<Record<ServiceName, readonly number[]>>,
): string {
  const own = configuration.replace('bind :8080', `bind 127.0.0.1:${port}`).replaceAll(installedFolder, folder);
  return services.reduce((text, service) => {
    const servers = (replicas[service] ?? []).map((at, index) => `  server ${service}-${index + 1} 127.0.0.1:${at}`);
    return text.replace(new RegExp(`^  server-template ${service}- .*$`, 'm'), servers.join('\n'));
  }, own);
}
