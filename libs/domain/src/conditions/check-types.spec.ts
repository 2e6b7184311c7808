import { describe, expect, it } from '@jest/globals';
import { faultsOf } from '../../test/conditions.js';

const timed =
  'changes with time; only such counts, days and scores, or plain sums of them, compared with a number, can be decided in time';
const ofStage = 'a stage may use lead, account, score, answers, stage, cycle, seen, distinct, daysSince';
const ofValues = 'contains, startsWith, endsWith, matches, lower, size, exists, all';

/** What is written, the place of the fault, the whole sentence. */
const refusals: readonly (readonly [string, number, string])[] = [
  ['size() > 1', 0, 'size takes one text, list or map, as in size(account.technologies)'],
  ['size(lead.title, 1) > 1', 0, 'size takes one text, list or map, as in size(account.technologies)'],
  [
    'size(lead.seats) > 1',
    5,
    'size counts the characters of a text or the items of a list, but "lead.seats" is a number',
  ],
  [
    'lead.seats.size() == 1',
    0,
    'size counts the characters of a text or the items of a list, but "lead.seats" is a number',
  ],
  ["contains(lead.title, 'x')", 0, 'write contains behind a value, as in lead.title.contains(…)'],
  [
    'shout(lead.title)',
    0,
    `"shout" is not a function; functions are has, size, seen, distinct, daysSince, ${ofValues}`,
  ],
  ['sean(lead.title)', 0, '"sean" is not a function; did you mean "seen"?'],
  ['lead.title.shout()', 0, `"shout" is not a function of values; these are ${ofValues}`],
  ['lead.title.existss(t, true)', 0, '"existss" is not a function of values; did you mean "exists"?'],
  ["lead.title.lower('x') == 'x'", 0, 'lower() takes nothing between its brackets'],
  ['lead.tags.size(1) == 1', 0, 'size() takes nothing between its brackets'],
  ['lead.title.contains()', 0, "contains takes one text, as in lead.title.contains('…')"],
  ["lead.title.contains('a', 'b')", 0, "contains takes one text, as in lead.title.contains('…')"],
  ['lead.title.contains(3)', 20, 'contains works on texts, but "3" is a number'],
  ['lead.seats.lower() == "x"', 0, 'lower works on texts, but "lead.seats" is a number'],
  ['lead.title.matches(lead.name)', 19, "matches takes a pattern written out, as in matches(r'\\bvp\\b')"],
  [
    "lead.title.matches('(a')",
    19,
    'this is not a pattern of RE2: missing closing ): `(a`; RE2 has no look-ahead, look-behind or back-references',
  ],
  [
    "lead.title.matches('\\bvp')",
    19,
    "this pattern holds a backspace, not a word boundary; write it as a raw string, r'\\bvp\\b'",
  ],
  ['lead.tags.filter(t, true) == []', 0, 'filter is not part of playbook conditions; use exists or all'],
  ['lead.tags.exists_one(t, true)', 0, 'exists_one is not part of playbook conditions; use exists or all'],
  ['has()', 0, 'has takes one field, as in has(lead.title)'],
  ['has(lead.title, lead.name)', 0, 'has takes one field, as in has(lead.title)'],
  ["has(lead['title'])", 0, "has takes one field, as in has(lead.title); write 'title' in lead"],
  ["has('score'.x)", 4, `"'score'" is a text and has no field "x"`],
  ['has(lead.titel)', 9, '"lead.titel" is not a trait of leads; did you mean "lead.title"?'],
  ['lead.title.exists(t, true)', 0, 'exists goes through a list, but "lead.title" is a text'],
  ['lead.tags.all(t)', 0, "all takes a name and a condition, as in account.technologies.all(t, t.startsWith('k'))"],
  [
    'lead.tags.exists(t, true, true)',
    0,
    "exists takes a name and a condition, as in account.technologies.exists(t, t.startsWith('k'))",
  ],
  ['lead.tags.all(t, t)', 17, 'all needs yes or no here, but "t" is a text'],
  ['lead.tags.exists(stage, true)', 17, '"stage" already means something; choose another name'],
  ['lead.tags.exists(t, t > 3)', 20, '"t" is a text and "3" is a number; compare values of one type'],
  ['lead.exists(key, key > 3)', 17, '"key" is a text and "3" is a number; compare values of one type'],
  ["lead.tags.exists(item, itm == 'x')", 23, '"itm" is unknown; did you mean "item"?'],
  ["lead.tags.exists(t, true) && t == 'x'", 29, `"t" is unknown; ${ofStage}`],
  ['seen() > 1', 0, "seen takes a pattern, as in seen('intent:high'), or with a window, seen('demo-request', '14d')"],
  [
    "seen('download', '1d', '2d') > 1",
    0,
    "seen takes a pattern, as in seen('intent:high'), or with a window, seen('demo-request', '14d')",
  ],
  ["daysSince('download', '1d') > 1", 0, "daysSince takes a pattern, as in daysSince('intent:high')"],
  ["distinct(1, '14d') > 1", 9, "distinct takes a pattern written out, as in distinct('intent:high')"],
  ["seen('download', 3) > 1", 17, "the window of seen is a duration written out, as in seen('intent:high', '14d')"],
  [
    "seen('download')",
    0,
    "\"seen('download')\" changes with time, so it can only be compared with a number, as in seen('download') >= 2",
  ],
  [
    'score.total',
    0,
    '"score.total" changes with time, so it can only be compared with a number, as in score.total >= 2',
  ],
  ["size(seen('download')) > 1", 0, `"size(seen('download'))" ${timed}`],
  ["seen('download') + lead.seats >= 3", 0, `"seen('download') + lead.seats" ${timed}`],
  ["seen('download') > -lead.seats", 0, `"seen('download')" ${timed}`],
  ["seen('download') > '5'", 0, `"seen('download')" ${timed}`],
  ['-score.engagement > -10', 0, `"-score.engagement" ${timed}`],
  ["2 + 3 < seen('download')", 8, `"seen('download')" ${timed}`],
  ['score.engagement >= score.fit', 0, `"score.engagement" ${timed}; score.total is the sum of fit and engagement`],
  ['score.fit <= score.engagement', 13, `"score.engagement" ${timed}; score.total is the sum of fit and engagement`],
  ['score.fitness <= score.engagement', 17, `"score.engagement" ${timed}`],
  ["1001 < seen('download')", 7, 'counts are compared with at most 1000, not 1001'],
  ["seen('download') + score.engagement > 1001", 0, 'counts are compared with at most 1000, not 1001'],
  [
    "daysSince('download') + score.total > 3",
    0,
    'a sum holds either decaying scores or daysSince, not both; compare them one by one',
  ],
  ['lead < account', 0, 'a map has no order; use in, size(), exists or all'],
  ["lead.tags >= ['a']", 0, 'a list has no order; use in, size(), exists or all'],
  ['[1, 2] == lead.tags', 0, '"[1, 2]" is a list and "lead.tags" is a list; compare values of one type'],
  ['lead.title == lead.tags', 0, '"lead.title" is a text and "lead.tags" is a list; compare values of one type'],
  ["titel == 'x'", 0, `"titel" is unknown; ${ofStage}`],
  [
    "event.name == 'x'",
    0,
    `"event" cannot be used in a stage, which may use ${ofStage.slice('a stage may use '.length)}`,
  ],
  ['lead[stage] == "x"', 5, 'name the field of "lead" as a text, as in lead[\'name\']'],
  ["lead['titel'] == 'x'", 0, '"lead.titel" is not a trait of leads; did you mean "lead.title"?'],
  ['lead.shoeSize == 4', 5, '"lead.shoeSize" is not a trait of leads; declare it under traits, as shoeSize: text'],
  [
    "account['shoe'] == 1",
    0,
    '"account.shoe" is not a trait of accounts; declare it under traits, as account.shoe: text',
  ],
  ['answers.unknown == 1', 8, '"answers.unknown" is not a checklist item; add it to the checklist'],
  ['score.shoe == 1', 6, '"score.shoe" is not known; known are fit, engagement, total, grade'],
  ["lead.title.first == 'x'", 0, '"lead.title" is a text and has no field "first"'],
  ["lead.tags['x'] == 'x'", 10, 'a list is indexed by a number, from 0'],
  ["lead.title[0] == 'x'", 0, '"lead.title" is a text and cannot be indexed'],
  ['!lead.title', 1, '! needs yes or no here, but "lead.title" is a text'],
  ['lead.title || true', 0, '|| needs yes or no here, but "lead.title" is a text'],
  ['lead.title ? true : false', 0, '?: needs yes or no here, but "lead.title" is a text'],
  ["(true ? 1 : 'a') == 2", 12, 'both sides of : must be of one type, but one is a number and the other a text'],
  ["lead.title in 'x'", 14, "in needs a list on its right side, as in lead.title in ['a', 'b']"],
  ['lead.seats in lead', 14, "in needs a list on its right side, as in lead.seats in ['a', 'b']"],
  ['lead.title in [1]', 14, '"lead.title" is a text and the list holds a number, so this never holds'],
  ['-lead.title == 1', 1, '- needs a number here, but "lead.title" is a text'],
  ['lead.title - 1 == 2', 0, '- needs a number here, but "lead.title" is a text'],
  ['1 % lead.title == 2', 4, '% needs a number here, but "lead.title" is a text'],
  ['lead.tags + lead.tags == []', 0, '+ adds two numbers or joins two texts, not a list and a list'],
  ["1 + lead.title == 'x'", 0, '+ adds two numbers or joins two texts, not a number and a text'],
  ["b'x' == lead.title", 0, '"b\'x\'" is not used here; write a plain number or text'],
  ['lead.title == null', 14, 'null is not used here; write has(lead.title) or !has(lead.title)'],
  [
    "{'a': 1} == lead",
    0,
    'this kind of expression is not part of playbook conditions; compare fields, texts, numbers and lists',
  ],
  ['lead.seats', 0, 'a condition must be yes or no, but this is a number'],
  ['true == 1', 0, '"true" is yes or no and "1" is a number; compare values of one type'],
  [
    "seen('intent:hihg') > 0",
    5,
    '"hihg" is no intent; intents are high, medium, low and negative; did you mean "high"?',
  ],
  [
    "seen(':x') > 0",
    5,
    '":x" is no pattern; write the id of a signal, or intent:, offer:, topic: or product: with a value or *',
  ],
  [
    'account.persona == 1',
    8,
    '"account.persona" is not a trait of accounts; declare it under traits, as account.persona: text',
  ],
  ['   ', 0, 'the expression is empty; write a condition or leave the key out'],
  ['lead.seats > 3 and true', 15, 'write && for and, || for or, ! for not'],
  ["lead.title == 'x' and", 18, 'write && for and, || for or, ! for not'],
  ['not lead.title', 4, 'write && for and, || for or, ! for not'],
  ['not  lead.title', 5, 'write && for and, || for or, ! for not'],
  ['lead.seats > 3 & true', 15, 'write && for and, || for or'],
  ["lead.title == 'x' | true", 18, 'write && for and, || for or'],
  ['lead.title == (3', 16, 'the expression ends too early'],
  ['lead.title == ( ', 16, 'the expression ends too early'],
  ["lead.title == '\\q'", 15, "invalid escape sequence: \\q; write patterns as raw strings, r'\\bvp\\b'"],
  ['import == 1', 0, 'import is a reserved word of CEL and cannot be a name'],
  ['lead.in == 1', 5, 'expected a name, got in'],
  ['lead..title', 5, 'expected a name, got dot'],
  ['lead.title @ 3', 11, 'unexpected character: @'],
  ['lead.title @ 3 && true', 11, 'unexpected character: @'],
  ["lead.title @ 'this and that'", 11, 'unexpected character: @'],
  ["'this and that' @ 3", 16, 'unexpected character: @'],
];

describe('what the checker says of a condition', () => {
  it.each(refusals)('%s', (text, offset, message) => {
    expect(faultsOf(text)).toEqual([{ offset, message }]);
  });

  it.each([
    ['signal', "event.nme == 'x'", 6, '"event.nme" is not known; did you mean "event.name"?'],
    ['signal', "event.page.pth == 'x'", 11, '"event.page.pth" is not known; did you mean "event.page.path"?'],
    ['signal', "seen('download') > 1", 0, 'seen cannot be used in a signal, which may use event'],
    ['signal', "seen('download')", 0, 'seen cannot be used in a signal, which may use event'],
    ['signal', 'score.engagement', 0, '"score" cannot be used in a signal, which may use event'],
    ['signal', "titel == 'x'", 0, '"titel" is unknown; a signal may use event'],
    ['signal', 'shout(event)', 0, `"shout" is not a function; functions are has, size, ${ofValues}`],
    ['persona', "seen('download') > 1", 0, 'seen cannot be used in a persona, which may use lead, account'],
    [
      'persona',
      'account.persona == 1',
      8,
      '"account.persona" is not a trait of accounts; declare it under traits, as account.persona: text',
    ],
    [
      'signal',
      "event.properties.a + 1 == 'x'",
      0,
      '"event.properties.a + 1" is a number and "\'x\'" is a text; compare values of one type',
    ],
    [
      'signal',
      "1 + event.properties.a == 'x'",
      0,
      '"1 + event.properties.a" is a number and "\'x\'" is a text; compare values of one type',
    ],
    ['persona', "lead.persona == 'x'", 0, 'a persona cannot depend on lead.persona, which it decides'],
    ['persona', "lead['persona'] == 'x'", 0, 'a persona cannot depend on lead.persona, which it decides'],
  ] as const)('in a %s, %s', (place, text, offset, message) => {
    expect(faultsOf(text, { place })).toEqual([{ offset, message }]);
  });

  it('names each of several wrong patterns of one sum', () => {
    expect(faultsOf("seen('downlod') + seen('demo-reqest') > 1").map(({ offset }) => offset)).toEqual([5, 23]);
  });

  it.each([
    "seen('download') <= 1000",
    'score.engagement > 2000',
    'score.fit + 2 >= 3',
    'lead == account',
    'lead.title in lead',
    "seen('intent:low') > 0",
    "'a' in [1, 'a']",
    'lead.title in []',
    "[1, 'a'] == lead.tags",
    '(true ? lead.seats : 2) == 2',
    "account.exists(key, key.startsWith('t'))",
    'size(lead) > 1',
    'has(score.engagement)',
    'size(answers) > 0',
  ])('%s is a condition', (text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  it.each([
    "(event.properties.a ? 1 : event.properties.b) == 'x'",
    "(true ? event.properties.b : 1) == 'x'",
    "event.properties['a'].b.c == 1",
    'event.properties[1] == 1',
    'event.properties.a in event.properties.b',
  ])('%s is a condition of a signal, whose properties may be anything', (text) => {
    expect(faultsOf(text, { place: 'signal' })).toEqual([]);
  });
});
