import { useQuery } from '@tanstack/react-query';
import { Outlet, useRouterState } from '@tanstack/react-router';
import { lazy, Suspense, useEffect, useState } from 'react';
import { LeadActionsProvider } from '../actions/lead-actions.js';
import { Problem } from '../api/client.js';
import { sessionQuery } from '../api/queries.js';
import { useKeys } from '../keys/use-keys.js';
import { useLive } from '../live/use-live.js';
import styles from './app-shell.module.css';
import { ConnectionLine } from './connection-line.js';
import { Navigation } from './navigation.js';

const CommandPalette = lazy(async () => ({ default: (await import('./command-palette.js')).CommandPalette }));
const KeyHelp = lazy(async () => ({ default: (await import('./key-help.js')).KeyHelp }));

/** The frame around every page; the sign-in page stands alone. */
export function AppShell() {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return path === '/sign-in' ? <Outlet /> : <SignedIn path={path} />;
}

function SignedIn({ path }: { path: string }) {
  const session = useQuery(sessionQuery);
  const [over, setOver] = useState<'palette' | 'help' | null>(null);
  useKeys({
    '?': () => setOver('help'),
    ...(path !== '/' && { '/': () => setOver('palette') }),
  });
  usePaletteKey(() => setOver((open) => (open === 'palette' ? null : 'palette')));
  if (session.isPending || isSignedOut(session.error)) return null;
  return (
    <LeadActionsProvider>
      <a className={styles['skip']} href="#main">
        Skip to the page
      </a>
      <div className={styles['shell']}>
        <Navigation session={session.data} onSearch={() => setOver('palette')} onHelp={() => setOver('help')} />
        <div className={styles['column']}>
          <Live />
          <main key={path} id="main" className={styles['main']} tabIndex={-1}>
            <Outlet />
          </main>
        </div>
      </div>
      <Suspense fallback={null}>
        {over === 'palette' && <CommandPalette onClose={() => setOver(null)} />}
        {over === 'help' && <KeyHelp onClose={() => setOver(null)} />}
      </Suspense>
    </LeadActionsProvider>
  );
}

function isSignedOut(error: unknown): boolean {
  return error instanceof Problem && error.status === 401;
}

function Live() {
  return <ConnectionLine state={useLive()} />;
}

/** ⌘K or Ctrl K, also while somebody types. */
function usePaletteKey(toggle: () => void): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey)) return;
      event.preventDefault();
      toggle();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => window.removeEventListener('keydown', onKeyDown);
  }, [toggle]);
}
