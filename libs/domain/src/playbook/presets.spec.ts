import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { runExamples } from '../examples/run-example.js';
import { compilePlaybook } from './compile-playbook.js';

const presets = ['starter', 'b2b-tech', 'pipeline-tight', 'engagement-first', 'adtech', 'product-led'];

function compilePreset(name: string) {
  const source = readFileSync(new URL(`../../presets/${name}.yaml`, import.meta.url), 'utf8');
  return compilePlaybook(source, { roster: { teams: [{ id: 'inbound' }] } });
}

describe.each(presets)('the preset %s', (name) => {
  it('compiles without a fault on the roster of a new installation', () => {
    expect(compilePreset(name).faults).toEqual([]);
  });

  it('carries its file name and at least six examples, all of which hold', () => {
    const { playbook } = compilePreset(name);
    expect(playbook?.definition.metadata.name).toBe(name);
    expect(playbook?.definition.examples.length).toBeGreaterThanOrEqual(6);
    const failed = runExamples(playbook!).filter((result) => !result.passed);
    expect(failed.map(({ name: example, differences }) => ({ example, differences }))).toEqual([]);
  });
});
