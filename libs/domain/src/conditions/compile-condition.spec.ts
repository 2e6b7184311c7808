import { describe, expect, it } from '@jest/globals';
import { conditionOf, faultsOf } from '../../test/conditions.js';
import { type ReferenceEvidence, referenceView } from '../../test/reference-view.js';
import type { Scope } from '../playbook/definition.js';
import { latestTime } from './next-flip.js';

const day = 86_400_000;
const now = 100 * day;
const nothing: ReferenceEvidence = { occurrences: [], awards: [], fit: 0, halfLifeMs: null, cap: null };

function scopeOf(given: Partial<ReferenceEvidence> = {}, other: Partial<Scope> = {}): Scope {
  return { now, evidence: referenceView({ ...nothing, ...given }), ...other };
}

function seenAt(signal: string, ...daysAgo: number[]) {
  return daysAgo.map((days) => ({ at: now - days * day, event: `e${days}`, signal }));
}

describe('values of a condition', () => {
  const scope: Scope = {
    now,
    lead: { title: 'VP of Sales', seats: 12, tags: ['beta', 'vip'], renewal: '2026-05-01T00:00:00.000Z' },
    account: { employees: 220, freeMail: false, technologies: [] },
    answers: { budget: 'approved', timelineDays: 60, topics: ['price'] },
    stage: 'mql',
    cycle: 2,
    event: {
      name: 'Form Submitted',
      at: '2026-03-01T00:00:00Z',
      properties: { 'Form Name': 'demo', list: [1, 'a', true], nested: { deep: 7 }, nothing: null },
    },
  };

  it.each([
    ["lead.title.contains('Sales')", true],
    ["lead.title.lower() == 'vp of sales'", true],
    ["lead.title.startsWith('VP') && lead.title.endsWith('Sales')", true],
    [String.raw`lead.title.matches(r'(?i)\bvp\b')`, true],
    [String.raw`lead.title.matches('^VP')`, true],
    ["lead['title'] == 'VP of Sales'", true],
    ['size(lead.title) == 11', true],
    ['lead.tags.size() == 2', true],
    ["lead.tags[1] == 'vip'", true],
    ["lead.tags[7] == 'vip'", null],
    ["lead.tags == ['beta', 'vip']", true],
    ["lead.tags != ['vip', 'beta']", true],
    ["lead.renewal < '2026-06-01'", true],
    ['lead.seats / 5 == 2.4', true],
    ['lead.seats % 5 == 2', true],
    ['lead.seats - 2 * 3 == 6', true],
    ['-lead.seats < -11', true],
    ['lead.seats / 0 > 1000000', true],
    ['(lead.seats - 12) / 0 == 1', false],
    ["lead.title + '!' == 'VP of Sales!'", true],
    ['account.freeMail', false],
    ['!account.freeMail', true],
    ['account.technologies.all(t, t == "x")', true],
    ['account.technologies.exists(t, t == "x")', false],
    ["answers.budget in ['approved', 'approvable']", true],
    ["answers['decision-path'] == 'x'", null],
    ["'price' in answers.topics", true],
    ["stage == 'mql' && cycle == 2", true],
    ['has(lead.country)', false],
    ["lead.country == 'DE'", null],
    ["lead.country == 'DE' || lead.seats > 3", true],
    ["lead.plan == 'pro' ? true : false", null],
    ["lead.title in [lead.country, 'VP of Sales']", null],
  ])('%s is %s', (text, expected) => {
    expect(conditionOf(text).evaluate(scope)).toBe(expected);
  });

  it.each([
    ["event.properties['Form Name'] == 'demo'", true],
    ["'Form Name' in event.properties", true],
    ['1 in event.properties.list', true],
    ["'1' in event.properties.list", false],
    ["event.properties.list.exists(item, item == 'a')", true],
    ['event.properties.list.all(item, item > 0)', null],
    ['event.properties.nested.deep == 7', true],
    ["event.properties.nested == 'x'", false],
    ["event.properties.nested < 'x'", null],
    ["event.properties.exists(key, key == 'nested')", true],
    ['size(event.properties) == 4', true],
    ['has(event.properties.nothing)', false],
    ['has(event.properties.absent.deeper)', false],
    ['event.properties.nothing == 1', null],
    ['event.properties.constructor == 1', null],
    ['has(event.properties.toString)', false],
    ["event.page.path == '/pricing'", null],
  ])('in a signal, %s is %s', (text, expected) => {
    expect(conditionOf(text, { place: 'signal' }).evaluate(scope)).toBe(expected);
  });

  it('counts code points, not UTF-16 units', () => {
    expect(
      conditionOf("size(lead.title) == 2 && size('a\u{1f600}') == 2").evaluate({
        now,
        lead: { title: '\u{1f600}\u{1f600}' },
      }),
    ).toBe(true);
  });

  it('knows no grade where the playbook has none', () => {
    const evidence = {
      ...referenceView(nothing),
      scores: () => ({ fit: 0, engagement: 0, total: 0, grade: 'unknown' as const, sum: 0 }),
    };
    expect(conditionOf("score.grade != 'A'").evaluate({ now, evidence })).toBeNull();
    expect(conditionOf('has(score.grade)').evaluate({ now, evidence })).toBe(false);
  });
});

describe('counts', () => {
  const scope = scopeOf({ occurrences: [...seenAt('pricing-view', 20, 3), ...seenAt('unsubscribed', 1)] });

  it.each([
    ["seen('pricing-view') >= 2", true],
    ["seen('pricing-view', '14d') >= 2", false],
    ["2 <= seen('intent:high')", true],
    ["seen('intent:*') == 2", true],
    ["seen('offer:*') == 0", true],
    ["seen('intent:negative') == 1 && seen('unsubscribed') == 1", true],
    ["distinct('intent:high') == 1", true],
    ["distinct('intent:high') + distinct('intent:negative') == 2", true],
    ["daysSince('pricing-view') == 3", true],
    ["daysSince('download') > 1000000", true],
  ])('%s is %s', (text, expected) => {
    expect(conditionOf(text).evaluate(scope)).toBe(expected);
  });

  it('are unknown where there is no evidence to count', () => {
    expect(conditionOf("seen('pricing-view') == 0").evaluate({ now })).toBeNull();
  });
});

describe('computed times', () => {
  it('an occurrence leaves its window exactly one window later', () => {
    const scope = scopeOf({ occurrences: seenAt('pricing-view', 3) });
    expect(conditionOf("seen('pricing-view', '7d') > 0").nextFlip(scope)).toBe(now + 4 * day);
  });

  it('engagement of 40 with a half-life of ten days falls below 10 one millisecond after twenty days', () => {
    const scope = scopeOf({ awards: [{ at: now, points: 40 }], halfLifeMs: 10 * day });
    expect(conditionOf('score.engagement < 10').nextFlip(scope)).toBe(now + 20 * day + 1);
  });

  it('a score of exactly the number is equal for the one moment in which it passes', () => {
    const scope = scopeOf({ awards: [{ at: now, points: 40 }], halfLifeMs: 10 * day });
    expect(conditionOf('score.engagement == 10').nextFlip(scope)).toBe(now + 20 * day);
  });

  it('a total never falls below its fit', () => {
    const scope = scopeOf({ awards: [{ at: now, points: 40 }], halfLifeMs: 10 * day, fit: 20 });
    expect(conditionOf('score.total < 20').nextFlip(scope)).toBeNull();
  });

  it('days since grow past a limit by themselves, and never when nothing happened', () => {
    const text = "daysSince('pricing-view') > 30";
    expect(conditionOf(text).nextFlip(scopeOf({ occurrences: seenAt('pricing-view', 3) }))).toBe(now + 27 * day + 1);
    expect(conditionOf(text).nextFlip(scopeOf())).toBeNull();
  });

  it('counts without a window and scores without a half-life never change by themselves', () => {
    const scope = scopeOf({ occurrences: seenAt('pricing-view', 3), awards: [{ at: now, points: 40 }] });
    const condition = conditionOf("seen('pricing-view') > 0 && score.engagement > 10", { decaying: false });
    expect(condition.nextFlip(scope)).toBeNull();
    expect(condition.reads.timed).toBe(false);
  });

  it.each([
    ["seen('pricing-view', '7d') > 0 || daysSince('pricing-view') > 4"],
    ["daysSince('pricing-view') > 4 || seen('pricing-view', '7d') > 0"],
  ])('the earliest of several comparisons decides: %s', (text) => {
    const scope = scopeOf({ occurrences: seenAt('pricing-view', 3) });
    expect(conditionOf(text).nextFlip(scope)).toBe(now + day + 1);
  });

  it('a sum of windows and days passes the number between two closings, or at the first of them that matters', () => {
    const occurrences = [...seenAt('pricing-view', 3), ...seenAt('download', 1)];
    const growing = conditionOf("seen('pricing-view', '7d') + daysSince('download') > 3.5");
    expect(growing.nextFlip(scopeOf({ occurrences }))).toBe(now + 1.5 * day + 1);
    const counted = conditionOf("seen('download', '14d') + seen('pricing-view', '7d') >= 2");
    expect(counted.nextFlip(scopeOf({ occurrences }))).toBe(now + 4 * day);
  });

  it('an occurrence that is still to come counts from its own time', () => {
    const scope = scopeOf({ occurrences: seenAt('pricing-view', -2) });
    expect(conditionOf("seen('pricing-view', '7d') > 0").nextFlip(scope)).toBe(now + 2 * day);
  });

  it.each([
    ["daysSince('download') > 1", latestTime - day - 2, latestTime - 1],
    ["daysSince('download') > 1", latestTime - day - 1, null],
    ["seen('download', '2d') == 0", latestTime - 2 * day - 1, latestTime - 1],
    ["seen('download', '2d') == 0", latestTime - day, null],
  ])('%s, last at %d, flips at %j: nothing happens after the year 9999', (text, at, flip) => {
    const scope = scopeOf({ occurrences: [{ at, event: 'e', signal: 'download' }] }, { now: latestTime - 10 });
    expect(conditionOf(text).nextFlip(scope)).toBe(flip);
  });

  it('a decaying score passes the number in a sum with counts, too', () => {
    const scope = scopeOf({
      awards: [{ at: now, points: 40 }],
      halfLifeMs: 10 * day,
      occurrences: seenAt('pricing-view', 3),
    });
    expect(conditionOf("score.engagement + seen('pricing-view') < 11").nextFlip(scope)).toBe(now + 20 * day + 1);
  });

  it.each([
    ['score.engagement < 10', 20 * day + 1],
    ['score.total + score.engagement < 30', 20 * day + 1],
    ["score.engagement + seen('pricing-view') < 11", 20 * day + 1],
    ["daysSince('pricing-view') + daysSince('pricing-view') > 60", 27 * day + 1],
    ["daysSince('pricing-view') + seen('pricing-view') > 31", 27 * day + 1],
  ])('of %s are found from the closed form, without a search', (text, after) => {
    let looks = 0;
    const view = referenceView({
      ...nothing,
      occurrences: seenAt('pricing-view', 3),
      awards: [{ at: now, points: 40 }],
      halfLifeMs: 10 * day,
      fit: 10,
    });
    const evidence: typeof view = {
      ...view,
      scores: (at) => (looks++, view.scores(at)),
      last: (pattern) => (looks++, view.last(pattern)),
    };
    expect(conditionOf(text).nextFlip({ now, evidence })).toBe(now + after);
    expect(looks).toBeLessThan(40);
  });

  it.each([
    ['score.fit > 3', false],
    ["seen('pricing-view') > 0", false],
    ["seen('pricing-view', '7d') > 0", true],
    ['score.total > 3', true],
    ["daysSince('pricing-view') > 0", true],
  ])('%s changes by itself: %j', (text, timed) => {
    expect(conditionOf(text).reads.timed).toBe(timed);
  });

  it('there are none without evidence', () => {
    expect(conditionOf("daysSince('pricing-view') > 4").nextFlip({ now })).toBeNull();
  });
});

describe('what is missing', () => {
  const scope = scopeOf(
    { occurrences: seenAt('pricing-view', 3), awards: [{ at: now, points: 25 }], fit: 12.349 },
    {
      lead: { title: 'Intern', country: 'FR' },
      account: { freeMail: true },
      answers: { timelineDays: 60, topics: ['a', 'b'] },
    },
  );

  it.each([
    ["seen('intent:high', '14d') >= 2", ['one more high-intent action within 14 days']],
    ["seen('intent:high') > 3", ['three more high-intent actions']],
    [
      "distinct('intent:high') + distinct('intent:medium') >= 2",
      ['one more different high-intent action or medium-intent action'],
    ],
    ["seen('demo-request') > 0", ['one more "Asked for a demo"']],
    ["seen('offer:demo') >= 1", ['one more action with the offer demo']],
    ["seen('pricing-view') < 1", ['fewer than 1 "pricing-view" (now 1)']],
    ['score.engagement >= 30', ['engagement 25 of 30']],
    ['score.fit >= 20', ['fit 12.34 of 20']],
    ['score.engagement < 10', ['engagement 25, must fall below 10']],
    ["daysSince('pricing-view') > 30", ['30 days without "pricing-view", so far 3']],
    ["daysSince('demo-request') < 7", ['one "Asked for a demo" within 7 days']],
    ["lead.title.lower().contains('vp')", ['lead.title must contain vp (now Intern)']],
    ["lead.country in ['DE', 'AT']", ['lead.country must be one of DE, AT (now FR)']],
    ["!(lead.country in ['FR'])", ['lead.country must be none of FR (now FR)']],
    ['account.employees >= 50', ['account.employees must be at least 50 (not known)']],
    ['!account.freeMail', ['account.freeMail must be no (now yes)']],
    ['has(lead.plan)', ['lead.plan must be known']],
    ["answers.budget != ''", ['the answer budget must be known']],
    [
      "lead.country == 'DE' || account.employees > 9",
      ['lead.country must be DE (now FR), or account.employees must be more than 9 (not known)'],
    ],
    ["score.engagement >= 30 && lead.country == 'FR' && score.fit >= 20", ['engagement 25 of 30', 'fit 12.34 of 20']],
    [
      "lead.country == 'DE' && lead.seats > 3 || lead.plan == 'pro'",
      [
        'lead.country must be DE (now FR) and lead.seats must be more than 3 (not known), or lead.plan must be pro (not known)',
      ],
    ],
    ["lead.title == 'Intern' ? lead.seats > 3 : false", ['lead.seats must be more than 3 (not known)']],
    ["lead.title == 'CEO' ? false : lead.seats > 3", ['lead.seats must be more than 3 (not known)']],
    ["lead.plan == 'pro' ? true : false", ['"lead.plan == \'pro\'" must be known']],
    ['!has(lead.title)', ['lead.title must be empty']],
    ["lead.title == ''", ['lead.title must be empty']],
    ["lead.title != 'Intern'", ['lead.title must not be Intern (now Intern)']],
    ["!(lead.title == 'Intern')", ['lead.title must not be Intern (now Intern)']],
    ["lead.title < 'A'", ['lead.title must be less than A (now Intern)']],
    ["!(lead.title > 'A')", ['lead.title must be at most A (now Intern)']],
    ['account.freeMail == false', ['account.freeMail must be no (now yes)']],
    ['false', ['"false" must hold']],
    ['!true', ['"true" must not hold']],
    ['lead.title in lead.tags', ['lead.title must be one of lead.tags (now Intern)']],
    ["'vip' in lead.tags", ['lead.tags must hold vip (not known)']],
    ["!('Intern' in [lead.title])", ['"[lead.title]" must not hold Intern (now Intern)']],
    ["'budget' in answers", ['answers must hold budget (now {"timelineDays":60,"topics":["a","b"]})']],
    ["answers.topics == ['a']", ['the answer topics must be a (now a, b)']],
    ["answers['decision-path'] == 'x'", ['the answer decision-path must be x (not known)']],
    ["lead.tags.exists(t, t == 'vip')", ['"lead.tags.exists(t, t == \'vip\')" must hold']],
    ["'vip'.contains(lead.title)", ['"\'vip\'.contains(lead.title)" must hold']],
    ["!lead.title.startsWith('I')", ['lead.title must not start with I (now Intern)']],
    ["lead.title.endsWith('s')", ['lead.title must end with s (now Intern)']],
    ["lead.title.lower().matches('^vp')", ['lead.title must match ^vp (now Intern)']],
    ['lead.seats + 1 > 3', ['"lead.seats + 1" must be more than 3 (not known)']],
    ["score.grade == 'A'", ['grade must be A (now D)']],
    ['lead.title == lead.country', ['lead.title must be lead.country (now Intern)']],
    ['lead.title == lead.name.lower()', ['lead.title must be "lead.name.lower()" (now Intern)']],
    ['lead.title == lead.country.lower()', ['lead.title must be fr (now Intern)']],
    ["seen('pricing-view') + score.engagement >= 40", ['"pricing-view" + engagement 26 of 40']],
    ["daysSince('pricing-view') + seen('download') > 9", ['"pricing-view" + "download" 3, must be more than 9']],
    ['score.total > 40', ['total 37.34, must be more than 40']],
    ['score.total <= 10', ['total 37.34, must fall to 10']],
    ['score.fit == 12', ['fit 12.34, must be exactly 12']],
    ['score.engagement != 25', ['engagement 25, must not be 25']],
    ["seen('offer:*') >= 1", ['one more action with an offer']],
    ["seen('topic:*') >= 1", ['one more action with a topic']],
    ["seen('intent:*') >= 3", ['two more actions']],
    ["seen('demo-request', '7d') + seen('download', '14d') >= 1", ['one more "Asked for a demo" or "download"']],
    ["distinct('intent:high') + seen('download') >= 3", ['two more high-intent actions or "download"']],
    ["seen('pricing-view') <= 0", ['at most 0 "pricing-view" (now 1)']],
    ["seen('pricing-view') == 0", ['exactly 0 "pricing-view" (now 1)']],
    ["seen('pricing-view') == 2", ['one more "pricing-view"']],
    ["seen('pricing-view') != 1", ['any number but 1 "pricing-view" (now 1)']],
    ["daysSince('download') <= 7", ['one "download" within 7 days']],
    ["daysSince('download') == 1", ['one "download" within 1 day']],
    ["daysSince('pricing-view') >= 10", ['10 days without "pricing-view", so far 3']],
    ['answers.approved', ['the answer approved must be yes (not known)']],
    ["!answers.topics.exists(t, t == 'a')", ['"answers.topics.exists(t, t == \'a\')" must not hold']],
    ["lead.country == 'FR'", []],
  ])('of %s reads %j', (text, expected) => {
    expect(conditionOf(text).missing(scope)).toEqual(expected);
  });
});

describe('what a condition reads', () => {
  it('names fields, counts and times with the values it saw, and leaves out what is unknown', () => {
    const condition = conditionOf(
      "account.employees > 50 && score.fit >= 10 && lead.country == 'DE' && seen('intent:high', '14d') >= 2 && daysSince('download') < 3",
    );
    const scope = scopeOf(
      { occurrences: seenAt('pricing-view', 3), fit: 40 },
      { account: { employees: 220 }, lead: {} },
    );
    expect(condition.values(scope)).toStrictEqual({
      'account.employees': 220,
      'score.fit': 40,
      "seen('intent:high', '14d')": 1,
    });
  });

  it('names every count and time with what tells it from others', () => {
    const condition = conditionOf(
      "seen('pricing-view') > 0 && distinct('intent:high', '14d') > 0 && daysSince('pricing-view') > 2 && daysSince('download') > 3",
    );
    expect(condition.values(scopeOf({ occurrences: seenAt('pricing-view', 3) }))).toStrictEqual({
      "seen('pricing-view')": 1,
      "distinct('intent:high', '14d')": 1,
      "daysSince('pricing-view')": 3,
    });
    expect(condition.values({ now })).toStrictEqual({});
  });

  it.each([
    ["lead.plan == 'pro' && answers.budget == 'approved'", true],
    ['size(answers) > 0', true],
    ["lead.plan == 'pro'", false],
  ])('says of %s that it reads answers: %j', (text, answers) => {
    expect(conditionOf(text).reads.answers).toBe(answers);
  });

  it('does not name the items that exists and all go through', () => {
    const { reads } = conditionOf("account.technologies.exists(t, t == 'kafka' || t == lead.plan)");
    expect([...reads.fields]).toEqual(['account.technologies', 'lead.plan']);
  });

  it('says which patterns it counts, in which window, and how far counts must be told apart', () => {
    const { reads } = conditionOf(
      "seen('pricing-view', '14d') >= 2 && daysSince('download') > 9 && answers.budget == 'approved'",
    );
    expect(reads.counts).toEqual([
      { pattern: expect.objectContaining({ text: 'pricing-view' }), withinMs: 14 * day, distinct: false, atMost: 3 },
    ]);
    expect(reads.since.map(({ text }) => text)).toEqual(['download']);
    expect([...reads.fields]).toEqual(['answers.budget']);
    expect(reads).toMatchObject({ answers: true, timed: true });
  });
});

describe('refused conditions', () => {
  it.each([
    ["lead.titel == 'x'", 5, '"lead.titel" is not a trait of leads; did you mean "lead.title"?'],
    ['lead.shoeSize > 4', 5, 'declare it under traits, as shoeSize: text'],
    ["account.teir == 'gold'", 8, 'did you mean "account.tier"?'],
    ['answers.budgte == 1', 8, '"answers.budgte" is not a checklist item; did you mean "answers.budget"?'],
    ["laed.title == 'x'", 0, '"laed" is unknown; did you mean "lead"?'],
    ["event.name == 'x'", 0, '"event" cannot be used in a stage'],
    ['lead.title == 3', 0, '"lead.title" is a text and "3" is a number; compare values of one type'],
    ['lead.title in [1, 2]', 14, 'so this never holds'],
    ['lead.title', 0, 'a condition must be yes or no, but this is a text'],
    ['lead.title && true', 0, '&& needs yes or no here, but "lead.title" is a text'],
    ['lead.tags > 3', 0, 'compare values of one type'],
    ["lead.tags < ['a']", 0, 'a list has no order'],
    ['lead.seats.contains("x")', 0, 'contains works on texts, but "lead.seats" is a number'],
    ['lead.title * 2 > 1', 0, '* needs a number here'],
    ['lead.title + 2 == 1', 0, '+ adds two numbers or joins two texts'],
    ['lead.title == null', 14, 'write has(lead.title)'],
    ['account.technologies.map(t, t) == []', 0, 'map is not part of playbook conditions'],
    ['account.technologies.exist(t, t == "x")', 0, '"exist" is not a function of values; did you mean "exists"?'],
    ['lead.title.lowercase() == "x"', 0, '"lowercase" is not a function of values'],
    ["sean('demo-request') > 1", 0, '"sean" is not a function; did you mean "seen"?'],
    ['lead.title.matches(lead.name)', 19, 'matches takes a pattern written out'],
    ["lead.title.matches(r'(?<=a)b')", 19, 'this is not a pattern of RE2'],
    ["lead.title.matches('\\bvp\\b')", 19, 'this pattern holds a backspace'],
    ["has('title')", 0, 'has takes one field'],
    ["seen('demo-reqest') > 0", 5, '"demo-reqest" is not a signal of this playbook; did you mean "demo-request"?'],
    ["seen('intent:hihg') > 0", 5, 'did you mean "high"?'],
    ["seen('offer:gide') > 0", 5, 'no signal carries offer: gide; did you mean "guide"?'],
    ["seen('product:*') > 0", 5, 'no signal carries a label "product"'],
    ["seen('intention:high') > 0", 5, 'is no pattern'],
    ['seen(lead.title) > 0', 5, 'seen takes a pattern written out'],
    ["seen('demo-request', '2x') > 0", 21, '"2x" is no duration'],
    ["seen('demo-request', '0d') > 0", 21, 'a duration must be more than zero'],
    ["seen('demo-request', 3) > 0", 21, 'the window of seen is a duration written out'],
    ["daysSince('demo-request', '1d') > 0", 0, 'daysSince takes a pattern'],
    ["seen('demo-request')", 0, 'changes with time, so it can only be compared with a number'],
    ["seen('demo-request') >= seen('download')", 0, 'can be decided in time'],
    ["seen('demo-request') * 2 >= 3", 0, 'can be decided in time'],
    ["seen('demo-request') in [1, 2]", 0, 'changes with time'],
    ["seen('demo-request') >= lead.seats", 0, 'can be decided in time'],
    ["seen('demo-request') > 1001", 0, 'counts are compared with at most 1000, not 1001'],
    ['score.engagement >= score.fit', 0, 'can be decided in time'],
    ['score.engagement + score.fit >= 50', 0, 'score.total is the sum of fit and engagement'],
    ["score.engagement + daysSince('download') > 3", 0, 'a sum holds either decaying scores or daysSince, not both'],
    ['score.engagement / 2 > 3', 0, 'can be decided in time'],
    ["lead.title = 'x'", 11, 'write == to compare'],
    ['lead.seats > 3 and lead.seats < 5', 15, 'write && for and'],
    ["lead.title == 'x", 14, 'close it with the same quote'],
    ['lead.seats >', 12, 'the expression ends too early'],
    ['', 0, 'the expression is empty'],
    ["{'a': 1}.a == 1", 0, 'this kind of expression is not part of playbook conditions'],
    ['lead.tags.exists(lead, true)', 17, '"lead" already means something'],
    ['1u == 1', 0, 'write a plain number or text'],
  ])('%s points at %i: %s', (text, offset, message) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ offset, message: expect.stringContaining(message) });
  });

  it('lists every fault at once', () => {
    expect(faultsOf("lead.titel == 'x' && account.employes > 3").map(({ offset }) => offset)).toEqual([5, 29]);
  });

  it('without a half-life a score may be used like any number', () => {
    expect(faultsOf('score.engagement >= score.fit * 2', { decaying: false })).toEqual([]);
  });

  it.each([
    ['signal', "lead.title == 'x'", '"lead" cannot be used in a signal, which may use event'],
    ['signal', "seen('download') > 1", 'seen cannot be used in a signal'],
    ['fit-rule', 'score.engagement > 3', '"score" cannot be used in a fit rule'],
    ['fit-rule', "daysSince('download') > 3", 'daysSince cannot be used in a fit rule'],
    ['exclusion', "answers.budget == 'none'", '"answers" cannot be used in an exclusion'],
    ['engagement-rule', "stage == 'mql'", '"stage" cannot be used in an engagement rule'],
    ['persona', "lead.persona == 'technical'", 'a persona cannot depend on lead.persona'],
  ] as const)('in %s, %s is refused', (place, text, message) => {
    expect(faultsOf(text, { place }).map((fault) => fault.message)).toEqual([expect.stringContaining(message)]);
  });
});
