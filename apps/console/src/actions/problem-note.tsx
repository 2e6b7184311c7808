import { TriangleAlert } from 'lucide-react';
import { Problem } from '../api/client.js';
import type { Stage } from '../api/types.js';
import { stageName } from '../facts/stage-words.js';
import styles from './dialog-form.module.css';

/** A refusal inside a dialog: what the API said, field by field, and the moves that are possible. */
export function ProblemNote({ error }: { error: unknown }) {
  if (!error) return null;
  const problem = error instanceof Problem ? error : null;
  const possible = problem?.more.possible?.map((stage) => stageName(stage as Stage)).join(', ');
  return (
    <div className={styles['problem']} role="alert">
      <TriangleAlert aria-hidden="true" />
      <div>
        <p>
          <strong>{problem?.title ?? 'That did not work'}.</strong> {problem?.detail}
        </p>
        {problem?.more.errors && (
          <ul>
            {problem.more.errors.map(({ path, message }) => (
              <li key={path + message}>{message}</li>
            ))}
          </ul>
        )}
        {possible && <p>Possible now: {possible}.</p>}
        <p>Nothing you typed is lost.</p>
      </div>
    </div>
  );
}

/** What the API said about one field, so that it can stand beside it. */
export function faultOf(error: unknown, field: string): string | undefined {
  if (!(error instanceof Problem)) return undefined;
  return error.more.errors?.find(({ path }) => path.split(/[./]/).includes(field))?.message;
}
