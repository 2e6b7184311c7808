import { useNow } from './server-time.js';
import { exact, relative } from './words.js';

/** A moment spoken twice: relative in the text, exact with its zone on hover and for machines. */
export function Moment({ at, className }: { at: string; className?: string | undefined }) {
  const now = useNow();
  const time = Date.parse(at);
  return (
    <time dateTime={at} title={exact(time)} className={className}>
      {relative(time, now)}
    </time>
  );
}
