import { describe, expect, it } from '@jest/globals';
import { parseYaml } from './yaml-source.js';

type Told = readonly (readonly [line: number, column: number, path: string, message: string])[];

function told(text: string): Told {
  return parseYaml(text).faults.map(({ line, column, path, message }) => [line, column, path, message]);
}

const unclosed = 'this is not YAML: flow map in block collection must be sufficiently indented and end with a }';
const empty = 'the file is empty; start with apiVersion: baton/v1 and kind: Playbook';
const refused = (tag: string) => `the tag ${tag} is not allowed; write plain texts, numbers, lists and maps`;
const nested = (levels: number) => `a: ${'['.repeat(levels)}${']'.repeat(levels)}\n`;

describe('the faults of a file that cannot be read', () => {
  it.each<readonly [string, Told]>([
    ['', [[1, 1, '', empty]]],
    ['# nothing\n', [[1, 1, '', empty]]],
    ['a: {\n', [[2, 1, 'a', unclosed]]],
    [
      'a: [x, {b: ]\n',
      [
        [1, 12, 'a[1].b', unclosed],
        [1, 13, 'a[1].b', unclosed.replace('map', 'sequence').replace('}', ']')],
      ],
    ],
    [
      'a:\n  - x\n  - - y\n    - {z: ]}\n',
      [
        [4, 11, 'a[1][1].z', unclosed],
        [4, 12, 'a[1][1].z', 'this is not YAML: unexpected flow-map-end token in YAML stream: "}"'],
      ],
    ],
    ['a: "x\n', [[2, 1, 'a', 'this is not YAML: missing closing "quote']]],
    ['\ta: b\n', [[1, 1, '', 'this is not YAML: tabs are not allowed as indentation']]],
    ['--- {a: 1}\n--- {a: 2}\n', [[2, 1, 'a', 'one file holds one playbook; remove the second document (---)']]],
    ['a: &t !secret x\n', [[1, 7, 'a', refused('!secret')]]],
    ['a: !secret   &t x\n', [[1, 4, 'a', refused('!secret')]]],
    ['a: [b, !secret c]\n', [[1, 8, 'a[1]', refused('!secret')]]],
    ['a: *b\n', [[1, 4, 'a', 'nothing above is marked &b']]],
    ['a: &b [*b]\n', [[1, 8, 'a[0]', '*b stands inside what it repeats']]],
    ['a: 1\nb: 2\na: 3\n', [[3, 1, 'a', 'the key "a" is written twice']]],
    ['a: { __proto__: 1 }\n', [[1, 6, 'a.__proto__', '"__proto__" is reserved; choose another name']]],
    ['? [a, b]\n: c\n', [[1, 3, '', 'a key must be a plain text']]],
    ['a:\n  ~: b\n', [[2, 3, 'a', 'a key must be a plain text']]],
    [nested(40), []],
    [nested(41), [[1, 44, `a${'[0]'.repeat(40)}`, 'this is nested more than 40 levels deep']]],
    ['7: x\ntrue: y\n', []],
  ])('%j', (text, faults) => {
    expect(told(text)).toEqual(faults);
  });

  it('are one at its beginning where it is larger than 1 MiB', () => {
    const text = `a: ${'x'.repeat(1024 * 1024 - 3)}`;
    expect(told(text)).toEqual([]);
    expect(told(`${text}x`)).toEqual([
      [1, 1, '', 'the file is larger than 1 MiB; a playbook is read by people, so keep it short'],
    ]);
  });
});
