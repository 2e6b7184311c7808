/** Light, dark, or as the system has it; kept on this device. */
export type Theme = 'system' | 'light' | 'dark';

const key = 'baton.theme';
const order: readonly Theme[] = ['system', 'light', 'dark'];

/** What this device chose before. */
export function chosenTheme(): Theme {
  const kept = localStorage.getItem(key);
  return order.find((theme) => theme === kept) ?? 'system';
}

/** Shows the chosen theme; without an argument, the kept one. */
export function applyTheme(theme: Theme = chosenTheme()): void {
  localStorage.setItem(key, theme);
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** The next in the round system, light, dark. */
export function nextTheme(theme: Theme): Theme {
  return order[(order.indexOf(theme) + 1) % order.length] ?? 'system';
}
