import { describe, expect, it } from '@jest/globals';
import { type Node, parseDocument, stringify } from 'yaml';
import { offsetInSource } from './expression-offset.js';

const styles = ['PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE', 'BLOCK_FOLDED', 'BLOCK_LITERAL'] as const;
/** Letters that no escape of YAML uses. */
const values = [
  'G',
  'G H  J\tK',
  `G "H" 'J' ''K'`,
  'G\nH\n\nJ\n\n\nK',
  'G\n  H\n\tJ \nK',
  'G \\ H\\J',
  'G\u0007H\u2028J\u{1F600}K',
  ...['G H J K Q R ', 'G  H\nJ  K\n\nQ\n  R', 'G\\H "J" \'K\' \t', 'GH\\ JK\\ Q\\ '].map((part) => part.repeat(9)),
];

describe('the place of every letter of a value', () => {
  it.each(styles)('written as %s is its own', (defaultStringType) => {
    for (const value of values) {
      const text = stringify({ list: [{ when: value }] }, { defaultStringType, lineWidth: 30 });
      const node = parseDocument(text).getIn(['list', 0, 'when'], true) as Node;
      const told = [...value.matchAll(/[A-Z]/g)].map(({ index }) => text[offsetInSource(text, node, index)]);
      expect(told.join('')).toBe(value.replace(/[^A-Z]/g, ''));
    }
  });
});
