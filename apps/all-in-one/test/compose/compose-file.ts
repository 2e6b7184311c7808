import { programOnPath } from '@baton/testing/program-on-path';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'yaml';

export const root = fileURLToPath(new URL('../../../../', import.meta.url));
export const dockerCompose = programOnPath('docker-compose');

/** Settings that the compose file asks of its environment. */
export const secrets = {
  POSTGRES_PASSWORD: 'the-password-of-a-test',
  BATON_SECRET: 'the secret of a test, long enough',
  BATON_ADMIN_TOKEN: 'the-admin-token-of-a-test',
  BATON_WRITE_KEY: 'the-write-key-of-a-test',
};

export interface ComposeService {
  readonly image: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly profiles?: readonly string[];
  readonly container_name?: string;
  readonly ports?: readonly unknown[];
  readonly stop_grace_period?: string;
}

export interface ComposeFile {
  readonly services: Readonly<Record<string, ComposeService>>;
}

/** The file as docker-compose understands it. Rejects with its words when it finds a fault. */
export async function readComposeFile(environment: Record<string, string>): Promise<ComposeFile> {
  if (!dockerCompose) throw new Error('there is no docker-compose');
  const { stdout, stderr } = await promisify(execFile)(dockerCompose, ['config'], {
    cwd: root,
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  if (stderr !== '') throw new Error(stderr);
  return parse(stdout) as ComposeFile;
}

/** Runs a health check as a container engine would; answers its exit code. */
export async function check(
  { healthcheck }: ComposeService,
  port: { readonly told: number; readonly actual: number },
): Promise<number> {
  const [kind, program, ...parameters] = healthcheck!.test;
  if (kind !== 'CMD') throw new Error(`A health check of kind ${kind}, which needs a shell in its image`);
  const actual = parameters.map((text) => text.replace(new RegExp(`\\b${port.told}\\b`), String(port.actual)));
  const own = program === 'node' ? process.execPath : program!;
  return promisify(execFile)(own, actual, { cwd: root }).then(
    () => 0,
    (error: { code?: unknown }) => (typeof error.code === 'number' ? error.code : Promise.reject(error as Error)),
  );
}
