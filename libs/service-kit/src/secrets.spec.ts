import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { completeSecrets, keptSecrets, secretsFile } from './secrets.js';
import { loadSettings } from './settings.js';
import { StartRefusal } from './start-refusal.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'baton-secrets-'));
});
afterEach(() => rmSync(home, { recursive: true }));

describe('completeSecrets', () => {
  it('generates what is missing, once, and keeps it for the next start', () => {
    const first = completeSecrets(loadSettings({ BATON_HOME: home }));
    const second = completeSecrets(loadSettings({ BATON_HOME: home }));
    expect(first.generated).toEqual(['secret', 'adminToken', 'writeKey']);
    expect(second.generated).toEqual([]);
    expect(second.settings).toEqual(first.settings);
  });

  it('lets the environment win and does not write its secrets down', () => {
    const { settings, generated } = completeSecrets(
      loadSettings({ BATON_HOME: home, BATON_ADMIN_TOKEN: 'a-token-of-my-own' }),
    );
    expect(settings.adminToken).toBe('a-token-of-my-own');
    expect(generated).toEqual(['secret', 'writeKey']);
    expect(keptSecrets(home).adminToken).toBeUndefined();
  });

  it('keeps the file for its owner alone', () => {
    completeSecrets(loadSettings({ BATON_HOME: home }));
    expect(statSync(secretsFile(home)).mode & 0o777).toBe(0o600);
  });

  it('refuses a home where nothing can be kept, and says what to set, as a container without settings needs it', () => {
    const file = join(home, 'file');
    writeFileSync(file, '');
    const start = () => completeSecrets(loadSettings({ BATON_HOME: join(file, '.baton') }));
    expect(start).toThrow(StartRefusal);
    expect(start).toThrow(
      /BATON_HOME \S+\/file\/\.baton cannot be used \(ENOTDIR\).*DATABASE_URL and the three secrets/,
    );
  });

  it('gives two installations different secrets', () => {
    const one = completeSecrets(loadSettings({ BATON_HOME: join(home, 'one') })).settings;
    const two = completeSecrets(loadSettings({ BATON_HOME: join(home, 'two') })).settings;
    expect([one.secret, one.adminToken, one.writeKey]).not.toContain(two.secret);
    expect(one.adminToken).not.toBe(two.adminToken);
  });
});
