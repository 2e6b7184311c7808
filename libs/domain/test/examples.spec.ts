import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runExample } from '../src/examples/run-example.js';
import { compilePlaybook } from '../src/playbook/compile-playbook.js';

describe.each(['scores.yaml', 'stages.yaml'])('examples of %s', (file) => {
  const { playbook, faults } = compilePlaybook(readFileSync(new URL(`./examples/${file}`, import.meta.url), 'utf8'));

  it('compile without a fault', () => {
    expect(faults).toEqual([]);
  });

  it.each(playbook?.definition.examples ?? [])('$name', (example) => {
    expect(runExample(playbook!, example).differences).toEqual([]);
  });
});
