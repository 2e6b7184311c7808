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
    ['a: !secret  &long  x\n', [[1, 4, 'a', refused('!secret')]]],
    [
      'a: [!x b, !y c]\n',
      [
        [1, 5, 'a[0]', refused('!x')],
        [1, 11, 'a[1]', refused('!y')],
      ],
    ],
    ['a: !e!x y\n', [[1, 4, 'a', refused('!e!x')]]],
    [`a: !${'x'.repeat(300)} y\n`, [[1, 306, 'a', refused('')]]],
    ['a: *b\n', [[1, 4, 'a', 'nothing above is marked &b']]],
    ['a: &b [*b]\n', [[1, 8, 'a[0]', '*b stands inside what it repeats']]],
    ['a: 1\nb: 2\na: 3\n', [[3, 1, 'a', 'the key "a" is written twice']]],
    ['a: { __proto__: 1 }\n', [[1, 6, 'a.__proto__', '"__proto__" is reserved; choose another name']]],
    ['? [a, b]\n: c\n', [[1, 3, '', 'a key must be a plain text']]],
    ['a:\n  ~: b\n', [[2, 3, 'a', 'a key must be a plain text']]],
    [nested(40), []],
    [nested(41), [[1, 44, `a${'[0]'.repeat(40)}`, 'this is nested more than 40 levels deep']]],
    ['7: x\ntrue: y\n', []],
    ['1.0: x\n1: y\nTRUE: z\ntrue: w\n', []],
    [
      'a: [{b: c: d}, x]\n',
      [[1, 9, 'a[0].b.c', 'this is not YAML: block collections are not allowed within flow collections']],
    ],
    ['a: [, x]\n', [[1, 5, 'a', 'this is not YAML: unexpected , in flow sequence']]],
    ['a: [x, @b]\n', [[1, 8, 'a[1]', 'this is not YAML: plain value cannot start with reserved character @']]],
    ['a: 1\n@b: 2\n', [[2, 1, '@b', 'this is not YAML: plain value cannot start with reserved character @']]],
  ])('%j', (text, faults) => {
    expect(told(text)).toEqual(faults);
  });

  it.each([
    [`a: ${'['.repeat(60)}\n`, `a${'[0]'.repeat(40)}`],
    [`a: ${'{b: '.repeat(60)}\n`, `a${'.b'.repeat(40)}`],
  ])('have a path of no more than 41 steps: %j', (text, path) => {
    expect(new Set(told(text).map(([, , at]) => at))).toEqual(new Set([path]));
  });

  it('leave nothing to read of what is too deep, and all of what is not', () => {
    expect([nested(40), nested(41), '\n'].map((text) => parseYaml(text).root === null)).toEqual([false, true, true]);
  });

  it('are one at the first alias where the anchors expand to more than 1 MiB', () => {
    const marked = (length: number) => `a: &t ${'x'.repeat(length)}\nb: [*t, 1.0]\n`;
    const [most, more] = [parseYaml(marked(524_283)), parseYaml(marked(524_284))];
    expect([most.faults, most.root === null]).toEqual([[], false]);
    const message = 'the anchors of this file expand to more than 1 MiB; write it without them';
    expect([more.faults, more.root]).toEqual([[{ line: 2, column: 5, path: '', message }], null]);
  });

  it('are one at its beginning where it is larger than 1 MiB', () => {
    const text = `a: ${'x'.repeat(1024 * 1024 - 3)}`;
    expect(told(text)).toEqual([]);
    expect(told(`${text}x`)).toEqual([
      [1, 1, '', 'the file is larger than 1 MiB; a playbook is read by people, so keep it short'],
    ]);
  });
});
