import type { ComponentProps, ReactNode } from 'react';
import styles from './button.module.css';
import { classes } from './class-names.js';

type ButtonProps = ComponentProps<'button'> & {
  tone?: 'primary' | 'plain' | 'quiet' | 'danger' | undefined;
  icon?: ReactNode;
  shortcut?: string | undefined;
};

/** A button that shows the key that does the same. */
export function Button({ tone = 'plain', icon, shortcut, children, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classes(styles['button'], styles[tone], className)}
      aria-keyshortcuts={shortcut}
    >
      {icon}
      {children}
      {shortcut && <Key>{shortcut}</Key>}
    </button>
  );
}

/** A key as it is printed on the keyboard; said once by `aria-keyshortcuts`, so hidden from readers. */
export function Key({ children }: { children: ReactNode }) {
  return (
    <kbd className={styles['key']} aria-hidden="true">
      {children}
    </kbd>
  );
}
