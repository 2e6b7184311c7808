/** How long such a trouble may last before it is one. */
const toleratedMs = 10_000;
/** After so long without it, the next is another; whoever tries again waits less between. */
const apartMs = 60_000;

/** What brokers answer for a moment when topics are made, or partitions and groups move to others; it is asked again then. */
const passing = [
  'This server is not the leader for that topic-partition',
  'There is no leader for this topic-partition',
  'This server does not host this topic-partition',
  'The group coordinator is not available',
  'The coordinator is loading',
  'This is not the correct coordinator for this group',
];

/** A trouble that came once or more. */
export interface Spell {
  readonly since: number;
  readonly last: number;
}

/** Which trouble that passes by itself a text tells of; undefined for any other. */
export function passingTrouble(text: string): string | undefined {
  return passing.find((trouble) => text.includes(trouble));
}

/** A spell after one more trouble of its kind. */
export function prolonged(spell: Spell | undefined, now: number): Spell {
  return { since: spell && now - spell.last < apartMs ? spell.since : now, last: now };
}

/** Whether it still may pass by itself. */
export function isTolerable({ since, last }: Spell): boolean {
  return last - since <= toleratedMs;
}
