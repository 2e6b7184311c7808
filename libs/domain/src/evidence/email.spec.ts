import { describe, expect, it } from '@jest/globals';
import { normalDomain, normalEmail } from './email.js';

const label = 'd'.repeat(63);
/** With `.io` behind it an address of 254 characters. */
const longest = `${'k'.repeat(64)}@${label}.${label}.${'d'.repeat(58)}`;

describe('an e-mail address', () => {
  it.each([
    [' Kim.Lee+x@Mail.Acme.IO ', 'kim.lee+x@mail.acme.io'],
    ['k@a-b.co', 'k@a-b.co'],
    [`${'k'.repeat(64)}@acme.io`, `${'k'.repeat(64)}@acme.io`],
    [`k@${label}.io`, `k@${label}.io`],
    [`${'k'.repeat(65)}@acme.io`, undefined],
    [`${longest}.io`, `${longest}.io`],
    [`${longest}d.io`, undefined],
    [`${' '.repeat(311)}k@acme.io`, 'k@acme.io'],
    [`k@${label}d.io`, undefined],
    [`k@${label}.${label}.${label}.${label}.io`, undefined],
    ['kim@acme', undefined],
    ['kim@-acme.io', undefined],
    ['kim@acme-.io', undefined],
    ['kim@acme.1o', undefined],
    ['kim@acme.i', undefined],
    ['kim@acme..io', undefined],
    ['kim lee@acme.io', undefined],
    ['a@b@acme.io', undefined],
    ['<kim@acme.io>', undefined],
    ['kim@acme.io, ben@acme.io', undefined],
    ['@acme.io', undefined],
    [7, undefined],
    [`${' '.repeat(320)}k@acme.io`, undefined],
  ])('in its one form: %j is %j', (given, expected) => {
    expect(normalEmail(given)).toBe(expected);
  });
});

describe('the domain of a company', () => {
  it.each([
    ['Acme.io', 'acme.io'],
    ['https://www.Acme.io/about?x=1#top', 'acme.io'],
    ['http://acme.io:8080', 'acme.io'],
    ['acme.io?x=1', 'acme.io'],
    ['acme.io#top', 'acme.io'],
    ['acme.io.', 'acme.io'],
    [' shop.acme.io ', 'shop.acme.io'],
    ['wwwacme.io', 'wwwacme.io'],
    ['mail.www.acme.io', 'mail.www.acme.io'],
    ['h2c://acme.io', undefined],
    [`acme.io/${'x'.repeat(292)}`, 'acme.io'],
    [`acme.io/${'x'.repeat(293)}`, undefined],
    ['localhost', undefined],
    ['acme', undefined],
    ['10.0.0.1', undefined],
    [7, undefined],
  ])('that %j stands for is %j', (given, expected) => {
    expect(normalDomain(given)).toBe(expected);
  });
});
