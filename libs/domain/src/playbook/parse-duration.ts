const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };
const longestMs = 36_500 * 86_400_000;

/** Milliseconds of a duration such as `30s`, `5m`, `24h`, `14d`, `2w`, or a sentence that says what is wrong with it. */
export function parseDuration(text: string): number | string {
  const parts = /^(-?\d+(?:\.\d+)?)([smhdw])$/.exec(text.trim());
  if (parts === null)
    return `"${text}" is no duration; write a whole number with a unit, such as 30s, 5m, 24h, 14d or 2w`;
  const amount = Number(parts[1]);
  if (amount <= 0) return `a duration must be more than zero, not ${text}`;
  if (!Number.isInteger(amount)) return `write ${text} with a whole number, in a smaller unit`;
  const ms = amount * unitMs[parts[2]!]!;
  return ms <= longestMs ? ms : `${text} is longer than a hundred years`;
}
