import { describe, expect, it } from '@jest/globals';
import { breakingChanges } from './schema-changes.js';

const lead = {
  type: 'object',
  required: ['id', 'stage'],
  properties: {
    id: { type: 'string' },
    stage: { anyOf: [{ const: 'lead' }, { const: 'mql' }] },
    tags: { type: 'array', items: { type: 'string' } },
  },
};
const withProperties = (properties: object) => ({ ...lead, properties: { ...lead.properties, ...properties } });

describe('breakingChanges', () => {
  it('finds none in an unchanged schema', () => {
    expect(breakingChanges(lead, structuredClone(lead))).toEqual([]);
  });

  it('allows a further optional field and a further alternative', () => {
    const next = withProperties({
      note: { type: 'string' },
      stage: { anyOf: [...lead.properties.stage.anyOf, { const: 'sql' }] },
    });
    expect(breakingChanges(lead, next)).toEqual([]);
  });

  it.each([
    [
      'a removed field',
      { ...lead, properties: { id: lead.properties.id, stage: lead.properties.stage } },
      '/: tags was removed',
    ],
    ['a field that becomes required', { ...lead, required: ['id', 'stage', 'tags'] }, '/: tags became required'],
    ['a field that becomes optional', { ...lead, required: ['id'] }, '/: stage became optional'],
    ['another type', withProperties({ id: { type: 'integer' } }), '/id: type changed from "string" to "integer"'],
    [
      'another type of items',
      withProperties({ tags: { type: 'array', items: { type: 'number' } } }),
      '/tags/items: type changed from "string" to "number"',
    ],
    [
      'a removed alternative',
      withProperties({ stage: { anyOf: [{ const: 'lead' }] } }),
      '/stage: the alternative {"const":"mql"} was removed or changed',
    ],
  ])('names %s', (_what, next, sentence) => {
    expect(breakingChanges(lead, next)).toEqual([sentence]);
  });
});
