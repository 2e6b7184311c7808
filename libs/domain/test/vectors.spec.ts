import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runExample } from '../src/examples/run-example.js';
import { compilePlaybook } from '../src/playbook/compile-playbook.js';

const folder = new URL('./vectors/', import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

describe.each(files)('the conformance vectors of %s', (file) => {
  const { playbook, faults } = compilePlaybook(readFileSync(new URL(file, folder), 'utf8'));

  it('compile without a fault', () => {
    expect(faults).toEqual([]);
  });

  it.each(playbook?.definition.examples ?? [])('$name', (example) => {
    expect(runExample(playbook!, example).differences).toEqual([]);
  });
});

it('there are nineteen playbooks among the vectors', () => {
  expect(files).toHaveLength(19);
});
