import { describe, expect, it } from '@jest/globals';
import { didYouMean, suggestName } from './suggest-name.js';

const known = ['title', 'country', 'region', 'city', 'demo-request'];

describe('suggestName', () => {
  it.each([
    ['titel', 'title'],
    ['tile', 'title'],
    ['Title', 'title'],
    ['contry', 'country'],
    ['cuontyr', 'country'],
    ['ciy', 'city'],
    ['demo_request', 'demo-request'],
    ['demo-reque', 'demo-request'],
    ['demo-requestxy', 'demo-request'],
    ['dmeo-reqeust', 'demo-request'],
    ['cnotry', null],
    ['ucountdr', null],
    ['shoeSize', null],
    ['cxxy', null],
    ['', null],
  ])('for "%s" is %s', (written, meant) => {
    expect(suggestName(written, known)).toBe(meant);
  });

  it('takes the nearest of several', () => {
    expect(suggestName('hot-lead', ['hot-leads-2', 'hot-leads', 'not-dead'])).toBe('hot-leads');
  });

  it('says nothing where nothing is near', () => {
    expect(didYouMean('shoeSize', known)).toBe('');
    expect(didYouMean('titel', known, 'lead.')).toBe('; did you mean "lead.title"?');
  });
});
