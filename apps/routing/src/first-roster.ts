import { readFile } from 'node:fs/promises';
import { type Roster, validateRoster } from '@baton/domain/routing/roster';
import { StartRefusal } from '@baton/service-kit/start-refusal';
import { parse } from 'yaml';

/** What a new installation starts with: one team that is always open, one rep. */
const defaultRoster = {
  calendars: { always: { zone: 'UTC', hours: { 'mon-sun': ['00:00-24:00'] } } },
  teams: [
    { id: 'inbound', name: 'Inbound', calendar: 'always', members: ['first-rep'], ownerOfLastResort: 'first-rep' },
  ],
  reps: [{ id: 'first-rep', name: 'First Rep', email: 'first-rep@example.com' }],
};

/** Reads the roster file (YAML or JSON), or answers the default without one. Refuses with all of its faults at once. */
export async function firstRoster(file: string | undefined): Promise<Roster> {
  const checked = validateRoster(file === undefined ? defaultRoster : await readDocument(file));
  if ('roster' in checked) return checked.roster;
  const lines = checked.faults.map(({ path, message }) => `${file ?? 'default roster'} ${path}: ${message}`);
  throw new StartRefusal('The roster has faults:', lines);
}

async function readDocument(file: string): Promise<unknown> {
  try {
    return parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new StartRefusal('The roster cannot be read:', [
      `${file}: ${error instanceof Error ? error.message : String(error)}`,
    ]);
  }
}
