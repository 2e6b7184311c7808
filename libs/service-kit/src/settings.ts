import { type LogLevel, logLevels } from '@baton/observability/logger';
import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { StartRefusal } from './start-refusal.js';

/** The configuration of one process, read once at start. Design and defaults: the table in the README's configuration page. */
export interface Settings {
  /** 0 takes a free port. */
  readonly port: number;
  readonly host: string;
  /** Absolute path of the folder for the embedded PostgreSQL and generated secrets. */
  readonly home: string;
  /** Undefined: the embedded PostgreSQL. */
  readonly databaseUrl?: string;
  /** Undefined: the `starter` preset, one team with one rep. */
  readonly playbookFile?: string;
  readonly rosterFile?: string;
  readonly secret: string;
  readonly adminToken: string;
  readonly writeKey: string;
  readonly logLevel: LogLevel;
  /** Origins to which a form post may send the browser on, besides the site it came from. */
  readonly formRedirects?: readonly string[];
}

/** What the environment says; the three secrets may still have to be generated (embedded defaults). */
export type ConfiguredSettings = Omit<Settings, Secret> & Partial<Pick<Settings, Secret>>;
export type Secret = 'secret' | 'adminToken' | 'writeKey';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface SettingsDefaults {
  readonly port?: number;
}

const batonNames = [
  'BATON_HOME',
  'BATON_SECRET',
  'BATON_ADMIN_TOKEN',
  'BATON_WRITE_KEY',
  'BATON_PLAYBOOK',
  'BATON_ROSTER',
  'BATON_URL',
  'BATON_FORM_REDIRECTS',
];

/** The environment of this process; the one place that reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

/** Reads the configuration, or throws one `StartRefusal` that lists every fault at once and what to do about each. */
export function loadSettings(
  env: Environment = processEnvironment(),
  defaults: SettingsDefaults = {},
): ConfiguredSettings {
  const read = new EnvironmentReader(env);
  read.refuseUnknown('BATON_', batonNames);
  read.refuseUnsupported('KAFKA_BROKERS', 'topics are carried by PostgreSQL in this version; unset it');
  read.refuseUnsupported('REDIS_URL', 'this version keeps its hot state in the process; unset it');
  const databaseUrl = read.url('DATABASE_URL', ['postgres:', 'postgresql:']);
  const embedded = databaseUrl === undefined;
  const settings = {
    port: read.port('PORT', defaults.port ?? 8080),
    host: read.text('HOST') ?? '127.0.0.1',
    home: resolve(read.text('BATON_HOME') ?? '.baton'),
    databaseUrl,
    playbookFile: read.file('BATON_PLAYBOOK'),
    rosterFile: read.file('BATON_ROSTER'),
    secret: read.secret('BATON_SECRET', { required: !embedded, minLength: 32 }),
    adminToken: read.secret('BATON_ADMIN_TOKEN', { required: !embedded, minLength: 16 }),
    writeKey: read.secret('BATON_WRITE_KEY', { required: !embedded, minLength: 8 }),
    logLevel: read.choice('LOG_LEVEL', logLevels) ?? 'info',
    formRedirects: read.origins('BATON_FORM_REDIRECTS'),
  };
  if (read.faults.length > 0) throw new StartRefusal('The configuration has faults:', read.faults);
  return settings;
}

/** Reads single variables and collects what is wrong with them; an empty variable counts as not set. */
class EnvironmentReader {
  readonly faults: string[] = [];

  constructor(private readonly env: Environment) {}

  text(name: string): string | undefined {
    return this.env[name]?.trim() || undefined;
  }

  refuseUnknown(prefix: string, known: readonly string[]): void {
    const unknown = Object.keys(this.env).filter((name) => name.startsWith(prefix) && !known.includes(name));
    for (const name of unknown.toSorted())
      this.faults.push(`${name} is not a known setting; known are ${known.join(', ')}`);
  }

  refuseUnsupported(name: string, advice: string): void {
    if (this.text(name)) this.faults.push(`${name} is set, but ${advice}`);
  }

  port(name: string, fallback: number): number {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const port = Number(text);
    if (/^\d+$/.test(text) && port <= 65535) return port;
    this.faults.push(`${name} is "${text}"; give a number from 0 (a free port) to 65535`);
    return fallback;
  }

  url(name: string, protocols: readonly string[]): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const valid = URL.canParse(text) && protocols.includes(new URL(text).protocol);
    if (!valid)
      this.faults.push(
        `${name} is not a URL that starts with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
      );
    return text;
  }

  origins(name: string): readonly string[] | undefined {
    const listed = this.text(name)
      ?.split(',')
      .map((text) => text.trim());
    for (const text of listed ?? []) {
      if (!URL.canParse(text) || new URL(text).origin !== text)
        this.faults.push(`${name} lists "${text}"; give origins like https://www.example.com, separated by commas`);
    }
    return listed;
  }

  file(name: string): string | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const path = resolve(text);
    try {
      accessSync(path, constants.R_OK);
    } catch {
      this.faults.push(`${name} names ${path}, which cannot be read; give the path of a readable file`);
    }
    return path;
  }

  secret(name: string, rule: { readonly required: boolean; readonly minLength: number }): string | undefined {
    const text = this.text(name);
    if (text === undefined) {
      if (rule.required)
        this.faults.push(`${name} is required with DATABASE_URL; give the same value to every process`);
      return undefined;
    }
    if (text.length < rule.minLength)
      this.faults.push(`${name} is too short; give at least ${rule.minLength} characters`);
    return text;
  }

  choice<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === text);
    if (!choice) this.faults.push(`${name} is "${text}"; give one of ${choices.join(', ')}`);
    return choice;
  }
}
