import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './environment-reader.js';
import { loadSettings } from './settings.js';
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

  it('spreads over one partition what one process keeps for itself, and leaves the number open elsewhere', () => {
    expect(loadSettings({}).partitions).toBe(1);
    expect(loadSettings({ BATON_PARTITIONS: '8' }).partitions).toBe(8);
    expect(faultsOf({ BATON_PARTITIONS: '0' })).toEqual([expect.stringContaining('from 1 to 64')]);
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
      BATON_RATE_LIMIT: '0.5',
      KAFKA_BROKERS: 'kafka',
      REDIS_URL: 'http://redis',
    });
    const names = [
      'BATON_PLAYBOK',
      'KAFKA_BROKERS',
      'DATABASE_URL',
      'PORT',
      'REDIS_URL',
      'BATON_PLAYBOOK',
      'BATON_SECRET',
      'BATON_ADMIN_TOKEN',
      'BATON_WRITE_KEY',
      'LOG_LEVEL',
      'BATON_RATE_LIMIT',
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

describe('the settings of Kafka and Redis', () => {
  const secrets = {
    DATABASE_URL: 'postgres://db/baton',
    BATON_SECRET: 'a-secret-of-32-characters-or-more',
    BATON_ADMIN_TOKEN: 'an-admin-token-of-16',
    BATON_WRITE_KEY: 'a-write-key',
  };

  it('reads the brokers alone', () => {
    const { kafka } = loadSettings({ ...secrets, KAFKA_BROKERS: 'kafka-1:9092, 10.0.0.7:9092,[::1]:9094' });
    expect(kafka).toEqual({ brokers: ['kafka-1:9092', '10.0.0.7:9092', '[::1]:9094'] });
  });

  it('reads everything there is to say about Kafka, and Redis', () => {
    const authority = join(mkdtempSync(join(tmpdir(), 'baton-settings-')), 'ca.pem');
    writeFileSync(authority, '-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----\n');
    const env = {
      ...secrets,
      KAFKA_BROKERS: 'kafka:9092',
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA: authority,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'baton',
      KAFKA_SASL_PASSWORD: 'hunter2',
      KAFKA_TOPIC_PREFIX: 'staging.',
      KAFKA_PARTITIONS: '12',
      KAFKA_REPLICATION: '2',
      REDIS_URL: 'rediss://cache:6380/1',
    };
    expect(loadSettings(env)).toMatchObject({
      kafka: {
        ssl: { ca: expect.stringContaining('BEGIN CERTIFICATE') },
        sasl: { mechanism: 'scram-sha-512', username: 'baton', password: 'hunter2' },
        prefix: 'staging.',
        partitions: 12,
        replication: 2,
      },
      redisUrl: 'rediss://cache:6380/1',
    });
  });

  it('requires a database and the three secrets beside Kafka, all missing ones at once', () => {
    const faults = faultsOf({ KAFKA_BROKERS: 'kafka:9092' });
    expect(faults).toEqual([
      expect.stringMatching(/^DATABASE_URL is required with KAFKA_BROKERS/),
      expect.stringMatching(/^BATON_SECRET is required with KAFKA_BROKERS/),
      expect.stringMatching(/^BATON_ADMIN_TOKEN is required with KAFKA_BROKERS/),
      expect.stringMatching(/^BATON_WRITE_KEY is required with KAFKA_BROKERS/),
    ]);
  });

  it.each([
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka:9092,' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka:70000' }],
    ['KAFKA_BROKERS', { KAFKA_BROKERS: 'kafka://kafka:9092' }],
    ['KAFKA_SSL', { KAFKA_SSL: 'yes' }],
    ['KAFKA_SSL_CA', { KAFKA_SSL_CA: '/nowhere/ca.pem' }],
    ['KAFKA_SSL_CA', { KAFKA_SSL_CA: '/etc/hostname' }],
    ['KAFKA_SASL_MECHANISM', { KAFKA_SASL_USERNAME: 'baton', KAFKA_SASL_PASSWORD: 'hunter2' }],
    ['KAFKA_SASL_PASSWORD', { KAFKA_SASL_USERNAME: 'baton', KAFKA_SASL_MECHANISM: 'plain' }],
    [
      'KAFKA_SASL_MECHANISM',
      { KAFKA_SASL_USERNAME: 'baton', KAFKA_SASL_PASSWORD: 'hunter2', KAFKA_SASL_MECHANISM: 'gssapi' },
    ],
    ['KAFKA_TOPIC_PREFIX', { KAFKA_TOPIC_PREFIX: 'my topics' }],
    ['KAFKA_PARTITIONS', { KAFKA_PARTITIONS: 'many' }],
    ['KAFKA_REPLICATION', { KAFKA_REPLICATION: '0' }],
    ['BATON_PARTITIONS', { BATON_PARTITIONS: '8' }],
    ['REDIS_URL', { REDIS_URL: 'redis' }],
  ])('refuses a bad %s: %j', (name, variables) => {
    expect(faultsOf({ ...secrets, KAFKA_BROKERS: 'kafka:9092', ...variables })).toEqual([
      expect.stringMatching(new RegExp(`^${name} `)),
    ]);
  });

  it('refuses settings of Kafka without brokers, because the topics would go elsewhere than asked', () => {
    expect(faultsOf({ KAFKA_SSL: 'true' })).toEqual([expect.stringContaining('KAFKA_BROKERS is not')]);
  });

  it('never repeats a password in what it says', () => {
    const faults = faultsOf({
      KAFKA_BROKERS: 'baton:hunter2@kafka:9092',
      KAFKA_SASL_PASSWORD: 'hunter2',
      DATABASE_URL: 'mysql://baton:hunter2@db',
      REDIS_URL: 'http://:hunter2@redis',
    });
    expect(faults.length).toBeGreaterThan(3);
    expect(faults.join()).not.toContain('hunter2');
  });
});

describe('the settings of tracing', () => {
  const endpoint = 'http://collector:4318';

  it('are the standard ones, and off without a collector', () => {
    expect(loadSettings({ OTEL_TRACES_SAMPLER: 'always_on' }).tracing).toBeUndefined();
    expect(loadSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }).tracing).toEqual({
      endpoint,
      sampler: 'parentbased_always_on',
      ratio: 1,
    });
    const OTEL_TRACES_SAMPLER = 'parentbased_traceidratio';
    const sampled = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_TRACES_SAMPLER, OTEL_TRACES_SAMPLER_ARG: '0.05' };
    expect(loadSettings(sampled).tracing).toEqual({ endpoint, sampler: OTEL_TRACES_SAMPLER, ratio: 0.05 });
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4318'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_TRACES_SAMPLER', 'sometimes'],
    ['OTEL_TRACES_SAMPLER_ARG', '5'],
  ])('refuse a bad %s: %s', (name, value) => {
    expect(faultsOf({ [name]: value })).toEqual([expect.stringContaining(name)]);
  });
});
