import type { Chance } from './chance.js';

/** One simulated person with the company they work for and what brought them. */
export interface Person {
  readonly number: number;
  readonly anonymousId: string;
  readonly email: string;
  readonly name: string;
  readonly title: string;
  readonly country: string;
  readonly company: Company;
  readonly campaign: Campaign | null;
  /** How serious they are, 0 to 1: decides what they do. */
  readonly interest: number;
}

interface Company {
  readonly domain: string;
  readonly name: string;
  readonly industry: string;
  readonly employees: number;
}

interface Campaign {
  readonly name: string;
  readonly source: string;
  readonly medium: string;
}

const firstNames = [
  'Kim',
  'Ada',
  'Luis',
  'Mara',
  'Jonas',
  'Priya',
  'Omar',
  'Ines',
  'Tom',
  'Yuki',
  'Nora',
  'Paul',
  'Lena',
  'Igor',
  'Sara',
];
const lastNames = [
  'Berg',
  'Costa',
  'Diaz',
  'Evans',
  'Fischer',
  'Gupta',
  'Haas',
  'Ito',
  'Jensen',
  'Kaya',
  'Lopez',
  'Moreau',
  'Novak',
  'Olsen',
];
const titles = [
  'VP Sales',
  'Director of Engineering',
  'Head of Marketing',
  'Revenue Operations Manager',
  'Software Engineer',
  'CTO',
  'Student',
  'Marketing Manager',
  'Director of Sales',
  'Solutions Architect',
];
const countries = ['DE', 'FR', 'GB', 'US', 'US', 'NL', 'ES', 'SE'];
const industries = ['SaaS', 'Manufacturing', 'Retail', 'Finance', 'SaaS', 'Healthcare'];
const words = [
  'acme',
  'nord',
  'helio',
  'kite',
  'lumen',
  'delta',
  'orbit',
  'fable',
  'quartz',
  'willow',
  'cobalt',
  'harbor',
];
const suffixes = ['labs', 'works', 'cloud', 'group', 'soft', 'systems'];
const campaigns: readonly (Campaign | null)[] = [
  { name: 'spring-launch', source: 'google', medium: 'cpc' },
  { name: 'revops-guide', source: 'linkedin', medium: 'paid-social' },
  { name: 'newsletter-11', source: 'newsletter', medium: 'email' },
  { name: 'partner-nord', source: 'partner', medium: 'referral' },
  null,
  null,
];

/** The next person of the market; every e-mail address ends in a reserved domain, so nobody real is ever named. */
export function nextPerson(chance: Chance, number: number): Person {
  const first = chance.oneOf(firstNames);
  const last = chance.oneOf(lastNames);
  const company = nextCompany(chance);
  return {
    number,
    anonymousId: `demo-${number}-${chance.between(1, 1e9)}`,
    email: `${first}.${last}.${number}@${company.domain}`.toLowerCase(),
    name: `${first} ${last}`,
    title: chance.oneOf(titles),
    country: chance.oneOf(countries),
    company,
    campaign: chance.oneOf(campaigns),
    interest: chance.next(),
  };
}

function nextCompany(chance: Chance): Company {
  const word = chance.oneOf(words);
  const suffix = chance.oneOf(suffixes);
  return {
    domain: `${word}-${suffix}.example`,
    name: `${word[0]!.toUpperCase()}${word.slice(1)} ${suffix}`,
    industry: chance.oneOf(industries),
    employees: chance.oneOf([8, 35, 120, 220, 480, 1500]),
  };
}
