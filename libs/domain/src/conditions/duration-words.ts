const units = [
  ['day', 'd', 86_400_000],
  ['hour', 'h', 3_600_000],
  ['minute', 'm', 60_000],
  ['second', 's', 1000],
] as const;

/** A duration in words, in its largest whole unit up to days: `14 days`. */
export function durationWords(ms: number): string {
  const [name, , unit] = largestUnit(ms);
  const count = ms / unit;
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}

/** A duration as a playbook writes it, in its largest whole unit up to days: `14d`. */
export function durationText(ms: number): string {
  const [, letter, unit] = largestUnit(ms);
  return `${ms / unit}${letter}`;
}

function largestUnit(ms: number): (typeof units)[number] {
  return units.find(([, , unit]) => ms % unit === 0) ?? units[3];
}
