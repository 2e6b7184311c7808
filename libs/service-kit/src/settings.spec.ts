import { describe, expect, it } from '@jest/globals';
import { type Environment, loadSettings } from './settings.js';
import { StartRefusal } from './start-refusal.js';

function faultsOf(env: Environment): readonly string[] {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof StartRefusal) return error.faults;
    throw error;
  }
  return [];
}

describe('loadSettings', () => {
  it('needs nothing from the environment on embedded defaults', () => {
    expect(loadSettings({})).toMatchObject({
      port: 8080,
      host: '127.0.0.1',
      databaseUrl: undefined,
      secret: undefined,
      logLevel: 'info',
    });
  });

  it('takes another default port for a single service, and the environment over it', () => {
    expect(loadSettings({}, { port: 8083 }).port).toBe(8083);
    expect(loadSettings({ PORT: '0' }, { port: 8083 }).port).toBe(0);
  });

  it('counts an empty variable as not set', () => {
    expect(loadSettings({ PORT: '', DATABASE_URL: ' ', BATON_SECRET: '' })).toMatchObject({
      port: 8080,
      databaseUrl: undefined,
    });
  });

  it('lists every fault at once, each by the name of its variable', () => {
    const faults = faultsOf({
      PORT: '80800',
      DATABASE_URL: 'mysql://db',
      BATON_PLAYBOK: 'mine.yaml',
      BATON_PLAYBOOK: '/nowhere/playbook.yaml',
      BATON_SECRET: 'short',
      LOG_LEVEL: 'loud',
      KAFKA_BROKERS: 'kafka:9092',
    });
    const names = [
      'BATON_PLAYBOK',
      'KAFKA_BROKERS',
      'DATABASE_URL',
      'PORT',
      'BATON_PLAYBOOK',
      'BATON_SECRET',
      'BATON_ADMIN_TOKEN',
      'BATON_WRITE_KEY',
      'LOG_LEVEL',
    ];
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual(names);
  });

  it('names the known settings when it refuses an unknown one', () => {
    expect(faultsOf({ BATON_HOUSE: 'x' })).toEqual([expect.stringContaining('BATON_HOME')]);
  });

  it('requires the three secrets beside a database of its own, because other processes must have the same', () => {
    const faults = faultsOf({ DATABASE_URL: 'postgres://db/baton' });
    expect(faults.map((fault) => fault.split(' ')[0])).toEqual([
      'BATON_SECRET',
      'BATON_ADMIN_TOKEN',
      'BATON_WRITE_KEY',
    ]);
  });

  it.each(['-1', '8.5', '0x10', '99999', 'http'])('refuses the port %s', (port) => {
    expect(faultsOf({ PORT: port })).toHaveLength(1);
  });

  it('never repeats a secret in what it says', () => {
    expect(faultsOf({ BATON_SECRET: 'hunter2' }).join()).not.toContain('hunter2');
  });
});
