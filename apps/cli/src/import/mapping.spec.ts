import { describe, expect, it } from '@jest/globals';
import { matchRow, rowItems } from './map-row.js';
import { MappingFaults, readMapping } from './mapping.js';

const bank = `
source: bank
person: row.case_id
timezone: Europe/Amsterdam
at: row.timestamp
rows:
  - when: "row.activity == 'SUBMITTED'"
    identify: { source: "'website'", seats: "row.seats" }
  - when: "row.activity == 'CALL'"
    activity: { kind: "'call'", outcome: "'connected'", rep: "row.resource == '' ? 'unnamed' : row.resource" }
  - when: "row.activity == 'WON'"
    outcome: won
    amount: "double(row.amount)"
  - when: "row.activity == 'PRE'"
    stage: mql
    owner: "'rep:' + row.resource"
`;

function rowOf(over: Record<string, string>) {
  return {
    case_id: '17',
    activity: 'SUBMITTED',
    resource: '',
    seats: '',
    amount: '',
    timestamp: '2012-03-25T03:30:00',
    ...over,
  };
}

function itemsOf(over: Record<string, string>) {
  const mapping = readMapping('bank.yaml', bank);
  const row = rowOf(over);
  const match = matchRow(mapping, row);
  return match ? rowItems(mapping, row, match) : [];
}

describe('a mapping', () => {
  it('reads the columns that its expressions need', () => {
    expect([...readMapping('bank.yaml', bank).columns].sort()).toEqual([
      'activity',
      'amount',
      'case_id',
      'resource',
      'seats',
      'timestamp',
    ]);
  });

  it('makes a person known, without the traits that a row leaves empty', () => {
    expect(itemsOf({})).toMatchObject([
      { type: 'identify', userId: '17', historic: true, traits: { source: 'website' } },
    ]);
    expect(itemsOf({})[0]).not.toHaveProperty('traits.seats');
  });

  it('reads times without an offset in the zone of the file, daylight saving included', () => {
    expect(itemsOf({})[0]?.timestamp).toBe('2012-03-25T01:30:00.000Z');
    expect(itemsOf({ timestamp: '2012-03-24 03:30:00' })[0]?.timestamp).toBe('2012-03-24T02:30:00.000Z');
    expect(itemsOf({ timestamp: '2012-03-25T03:30:00+05:00' })[0]?.timestamp).toBe('2012-03-24T22:30:00.000Z');
  });

  it('makes activities, outcomes and stages', () => {
    expect(itemsOf({ activity: 'CALL' })).toMatchObject([
      { type: 'activity', activity: { kind: 'call', direction: 'outbound', outcome: 'connected', rep: 'unnamed' } },
    ]);
    expect(itemsOf({ activity: 'WON', amount: '12.5' })).toMatchObject([
      { type: 'outcome', outcome: 'won', amount: 12.5 },
    ]);
    expect(itemsOf({ activity: 'PRE', resource: 'ana' })).toMatchObject([
      { type: 'stage', stage: 'mql', owner: 'rep:ana' },
    ]);
  });

  it('leaves out rows that no entry wants', () => {
    expect(itemsOf({ activity: 'OTHER' })).toEqual([]);
  });

  it('gives the same row the same id and another row another', () => {
    expect(itemsOf({})[0]?.messageId).toBe(itemsOf({})[0]?.messageId);
    expect(itemsOf({ case_id: '18' })[0]?.messageId).not.toBe(itemsOf({})[0]?.messageId);
  });

  it('says in plain words what is wrong with a row', () => {
    expect(() => itemsOf({ case_id: ' ' })).toThrow('person (row.case_id) is empty');
    expect(() => itemsOf({ timestamp: 'yesterday' })).toThrow('time "yesterday" is not a date and time');
  });

  it('is refused with all faults at once, each with its line', () => {
    const faulty = [
      'source: Bank Queue',
      'person: row.case_id ==',
      'timezone: Europe/Nowhere',
      'at: row.at',
      'rows:',
      '  - stage: promoted',
      '  - track: Seen',
      '    colour: red',
      'more: 1',
    ];
    expect(() => readMapping('faulty.yaml', faulty.join('\n'))).toThrow(MappingFaults);
    const message = faultsOf(faulty.join('\n'));
    expect(message).toContain('faulty.yaml:1: source');
    expect(message).toContain('faulty.yaml:2: person');
    expect(message).toContain('faulty.yaml:3: timezone');
    expect(message).toContain('faulty.yaml:6: rows.0.stage: expected one of lead, mql');
    expect(message).toContain('rows.1.colour: colour is not known here');
    expect(message).toContain('more is not known here');
  });
});

function faultsOf(text: string): string {
  try {
    readMapping('faulty.yaml', text);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}
