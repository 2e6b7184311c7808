import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { signIn } from '../actions/commands.js';
import { useCommand } from '../actions/use-command.js';
import { Problem } from '../api/client.js';
import { Button } from '../look/button.js';
import { Field } from '../look/field.js';
import { BatonMark } from '../shell/baton-mark.js';
import styles from './sign-in-page.module.css';

const route = getRouteApi('/sign-in');

/** The admin token opens the console; the page says where to find it. */
export function SignInPage() {
  const { back } = route.useSearch();
  const router = useRouter();
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const { busy, error, run } = useCommand();
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (!(await run(() => signIn(token.trim())))) return;
    await client.resetQueries();
    router.history.push(back?.startsWith('/') && !back.startsWith('//') ? back : '/');
  };
  return (
    <main className={styles['page']}>
      <form className={styles['form']} onSubmit={(event) => void submit(event)}>
        <BatonMark size={40} />
        <h1>Sign in to Baton</h1>
        <Field
          label="Admin token"
          error={error ? faultOf(error) : undefined}
          hint="Baton printed it once, when it first started. It is also kept in the folder that BATON_HOME names (.baton by default)."
        >
          {(ids) => (
            <input
              {...ids}
              type="password"
              autoComplete="current-password"
              autoFocus
              required
              value={token}
              onChange={({ target }) => setToken(target.value)}
            />
          )}
        </Field>
        <Button type="submit" tone="primary" disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </Button>
      </form>
    </main>
  );
}

function faultOf(error: unknown): string {
  if (!(error instanceof Problem)) return 'Something unexpected happened. Try again.';
  if (error.status === 401) return 'That token is not the one of this installation. Check for a missing character.';
  return error.detail || error.title;
}
