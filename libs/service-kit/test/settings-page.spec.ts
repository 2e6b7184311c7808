import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import type { Environment } from '../src/environment-reader.js';
import { loadSettings } from '../src/settings.js';

/** What others read: the command line, and the exporter of OpenTelemetry. */
const readElsewhere = ['BATON_URL', 'OTEL_EXPORTER_OTLP_HEADERS'];

/** The names in the first column of every table of the pages that describe settings. */
function described(): readonly string[] {
  const pages = ['configuration.md', 'operations.md'].map((name) =>
    readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8'),
  );
  const cells = pages.flatMap((page) => [...page.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell!));
  return cells.flatMap((cell) => [...cell.matchAll(/`([A-Z][A-Z_]+)`/g)].map(([, name]) => name!));
}

/** The names that a start asks its environment for. */
function read(): readonly string[] {
  const names = new Set<string>();
  const given: Environment = { KAFKA_BROKERS: 'kafka:9092' };
  const environment = new Proxy(given, {
    get(target, name) {
      names.add(String(name));
      return target[String(name)];
    },
  });
  expect(() => loadSettings(environment)).toThrow('DATABASE_URL is required');
  return [...names];
}

describe('the pages about settings', () => {
  it('describe every one that is read, and none that is not', () => {
    expect(described().toSorted()).toEqual([...read(), ...readElsewhere].toSorted());
  });
});
