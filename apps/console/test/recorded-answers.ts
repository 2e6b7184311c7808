import { readFileSync } from 'node:fs';

/** When the answers in `recorded/` were taken; they are served as if they had been taken now. */
const recordedAt = Date.parse('2026-03-12T09:41:00Z');
const time = /"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z)"/g;
const date = /"(\d{4}-\d\d-\d\d)"/g;

/** One recorded answer as a fresh object, with all its times moved from the recording to `now`. */
export function recorded<T>(name: string, now: number): T {
  const text = readFileSync(new URL(`./recorded/${name}.json`, import.meta.url), 'utf8');
  const moved = (iso: string): string => new Date(Date.parse(iso) - recordedAt + now).toISOString();
  return JSON.parse(
    text
      .replaceAll(time, (_, iso: string) => `"${moved(iso)}"`)
      .replaceAll(date, (_, day: string) => `"${moved(`${day}T09:41:00Z`).slice(0, 10)}"`),
  ) as T;
}
