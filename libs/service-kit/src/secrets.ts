import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConfiguredSettings, Secret, Settings } from './settings.js';
import { StartRefusal } from './start-refusal.js';

export interface CompletedSettings {
  readonly settings: Settings;
  /** Secrets made just now, to be shown to the operator once. */
  readonly generated: readonly Secret[];
}

/** Where generated secrets of an installation are kept, readable for its owner alone. */
export function secretsFile(home: string): string {
  return join(home, 'secrets.json');
}

/**
 * Completes the settings with the secrets kept in the home folder, generating and keeping those that are still missing.
 * What the environment gives wins and is not written down.
 */
export function completeSecrets(configured: ConfiguredSettings): CompletedSettings {
  const kept = keptSecrets(configured.home);
  const generators: Record<Secret, () => string> = {
    secret: () => randomBytes(32).toString('base64url'),
    adminToken: () => `baton_admin_${randomBytes(24).toString('base64url')}`,
    writeKey: () => `baton_write_${randomBytes(18).toString('base64url')}`,
  };
  const names = Object.keys(generators) as Secret[];
  const generated = names.filter((name) => configured[name] === undefined && kept[name] === undefined);
  const added = Object.fromEntries(generated.map((name) => [name, generators[name]()]));
  if (generated.length > 0) keepSecrets(configured.home, { ...kept, ...added });
  const secrets = Object.fromEntries(names.map((name) => [name, configured[name] ?? kept[name] ?? added[name]]));
  return { settings: { ...configured, ...(secrets as Pick<Settings, Secret>) }, generated };
}

/** The secrets kept in a home folder; none when it has no installation yet. */
export function keptSecrets(home: string): Partial<Record<Secret, string>> {
  try {
    return JSON.parse(readFileSync(secretsFile(home), 'utf8')) as Partial<Record<Secret, string>>;
  } catch (error) {
    const { code } = error as { code?: string };
    if (code === 'ENOENT') return {};
    throw code === undefined ? error : homeRefusal(home, error);
  }
}

/** Written beside and moved into place, so that a killed start leaves the old file or the new one. */
function keepSecrets(home: string, secrets: Partial<Record<Secret, string>>): void {
  const draft = `${secretsFile(home)}.draft`;
  try {
    mkdirSync(home, { recursive: true });
    writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
    renameSync(draft, secretsFile(home));
  } catch (error) {
    throw homeRefusal(home, error);
  }
}

/** What an operator should read instead of EACCES: an image, for example, has no home of its own. */
function homeRefusal(home: string, error: unknown): StartRefusal {
  const { code } = error as { code?: unknown };
  return new StartRefusal(
    `BATON_HOME ${home} cannot be used (${String(code)}); give a folder that this user may write to, or set DATABASE_URL and the three secrets`,
  );
}
