import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { CircleHelp, Filter, Inbox, LogOut, Monitor, Moon, Rocket, Search, Sun } from 'lucide-react';
import { useState } from 'react';
import { signOut } from '../actions/commands.js';
import type { Session } from '../api/types.js';
import { Key } from '../look/button.js';
import { BatonMark } from './baton-mark.js';
import styles from './navigation.module.css';
import { applyTheme, chosenTheme, nextTheme, type Theme } from './theme.js';

const pages = [
  { to: '/', label: 'Queue', Icon: Inbox },
  { to: '/funnel', label: 'Funnel', Icon: Filter },
  { to: '/start', label: 'Start', Icon: Rocket },
] as const;

interface NavigationProps {
  session: Session | undefined;
  onSearch: () => void;
  onHelp: () => void;
}

/** Where one can go, who is here, and how the page looks. On a phone it lies at the bottom, under the thumb. */
export function Navigation({ session, onSearch, onHelp }: NavigationProps) {
  return (
    <nav className={styles['nav']} aria-label="Pages">
      <p className={styles['brand']}>
        <BatonMark />
        <span className={styles['label']}>Baton</span>
      </p>
      <ul className={styles['pages']}>
        {pages.map(({ to, label, Icon }) => (
          <li key={to}>
            <Link
              to={to}
              className={styles['item']}
              activeProps={{ 'aria-current': 'page' }}
              activeOptions={{ exact: to === '/', includeSearch: false }}
            >
              <Icon aria-hidden="true" />
              <span className={styles['label']}>{label}</span>
            </Link>
          </li>
        ))}
        <li>
          <button type="button" className={styles['item']} onClick={onSearch}>
            <Search aria-hidden="true" />
            <span className={styles['label']}>Search</span>
            <span className={styles['keys']}>
              <Key>⌘K</Key>
            </span>
          </button>
        </li>
      </ul>
      <div className={styles['foot']}>
        <button type="button" className={styles['item']} onClick={onHelp}>
          <CircleHelp aria-hidden="true" />
          <span className={styles['label']}>Keys</span>
          <span className={styles['keys']}>
            <Key>?</Key>
          </span>
        </button>
        <ThemeButton />
        {session && <Person session={session} />}
      </div>
    </nav>
  );
}

const themes: Record<Theme, { label: string; Icon: typeof Sun }> = {
  system: { label: 'System theme', Icon: Monitor },
  light: { label: 'Light theme', Icon: Sun },
  dark: { label: 'Dark theme', Icon: Moon },
};

function ThemeButton() {
  const [theme, setTheme] = useState(chosenTheme);
  const { label, Icon } = themes[theme];
  const turn = (): void => {
    applyTheme(nextTheme(theme));
    setTheme(nextTheme(theme));
  };
  return (
    <button
      type="button"
      className={styles['item']}
      onClick={turn}
      title={`${label}; change to ${themes[nextTheme(theme)].label.toLowerCase()}`}
    >
      <Icon aria-hidden="true" />
      <span className={styles['label']}>
        Theme<span className={styles['value']}>{theme}</span>
      </span>
    </button>
  );
}

function Person({ session }: { session: Session }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const leave = async (): Promise<void> => {
    await signOut();
    client.clear();
    await navigate({ to: '/sign-in', search: {} });
  };
  return (
    <button
      type="button"
      className={styles['item']}
      onClick={() => void leave()}
      title={`Signed in as ${session.name} (${session.role}). Sign out`}
    >
      <LogOut aria-hidden="true" />
      <span className={styles['label']}>
        Sign out<span className={styles['value']}>{session.name}</span>
      </span>
    </button>
  );
}
