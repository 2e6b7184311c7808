import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { AppShell } from './shell/app-shell.js';
import { Lost } from './shell/lost.js';

/** The addresses of the console. Everything a person would want to share is in the address: selection, owner, period, grouping. */

const root = createRootRoute({ component: AppShell, notFoundComponent: Lost });

const text = (value: unknown): string | undefined => (typeof value === 'string' && value ? value : undefined);

const queue = createRoute({
  getParentRoute: () => root,
  path: '/',
  validateSearch: (search): { owner?: string | undefined; lead?: string | undefined } => ({
    owner: text(search['owner']),
    lead: text(search['lead']),
  }),
  component: lazyRouteComponent(() => import('./queue/queue-page.js'), 'QueuePage'),
});

const lead = createRoute({
  getParentRoute: () => root,
  path: '/leads/$id',
  component: lazyRouteComponent(() => import('./lead/lead-page.js'), 'LeadPage'),
});

const funnel = createRoute({
  getParentRoute: () => root,
  path: '/funnel',
  validateSearch: (search): { period?: string | undefined; by?: string | undefined } => ({
    period: text(search['period']),
    by: text(search['by']),
  }),
  component: lazyRouteComponent(() => import('./funnel/funnel-page.js'), 'FunnelPage'),
});

const start = createRoute({
  getParentRoute: () => root,
  path: '/start',
  component: lazyRouteComponent(() => import('./start/start-page.js'), 'StartPage'),
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search): { back?: string | undefined } => ({ back: text(search['back']) }),
  component: lazyRouteComponent(() => import('./sign-in/sign-in-page.js'), 'SignInPage'),
});

const routeTree = root.addChildren([queue, lead, funnel, start, signIn]);

/** One router for the page; pages load when they are first asked for, or when the pointer nears their link. */
export function createConsoleRouter() {
  return createRouter({ routeTree, defaultPreload: 'intent', defaultPendingMinMs: 0 });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>;
  }
}
