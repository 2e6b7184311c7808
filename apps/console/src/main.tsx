import '@fontsource-variable/inter/index.css';
import './look/tokens.css';
import './look/base.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createQueryClient } from './api/query-client.js';
import { createConsoleRouter } from './router.js';
import { applyTheme } from './shell/theme.js';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root to draw into.');

applyTheme();
const router = createConsoleRouter();
const client = createQueryClient({ onSignedOut: askToSignIn });

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);

/** Several answers may say so at once; the first one knows where the person wanted to go. */
function askToSignIn(): void {
  const { pathname, search } = window.location;
  if (pathname === '/sign-in') return;
  void router.navigate({ to: '/sign-in', search: { back: pathname === '/' ? undefined : pathname + search } });
}
