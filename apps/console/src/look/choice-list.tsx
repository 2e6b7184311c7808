import { type KeyboardEvent, useId } from 'react';
import { Key } from './button.js';
import styles from './choice-list.module.css';

/** One of the choices; `detail` says what follows from it. */
export interface Choice {
  value: string;
  label: string;
  detail?: string | undefined;
}

interface ChoiceListProps {
  legend: string;
  choices: readonly Choice[];
  value: string | null;
  onChange: (value: string) => void;
  error?: string | undefined;
}

/** A list to choose one from, by mouse, arrows or the number shown beside it. */
export function ChoiceList({ legend, choices, value, onChange, error }: ChoiceListProps) {
  const name = useId();
  return (
    <fieldset
      className={styles['list']}
      aria-describedby={error ? `${name}-error` : undefined}
      aria-invalid={error ? true : undefined}
    >
      <legend className={styles['legend']}>{legend}</legend>
      {choices.map((choice, index) => (
        <label key={choice.value} className={styles['choice']}>
          <input
            type="radio"
            name={name}
            value={choice.value}
            checked={choice.value === value}
            autoFocus={value === null ? index === 0 : choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <span className={styles['words']}>
            <span>{choice.label}</span>
            {choice.detail && <span className={styles['detail']}>{choice.detail}</span>}
          </span>
          {index < 9 && <Key>{index + 1}</Key>}
        </label>
      ))}
      {error && (
        <p id={`${name}-error`} className={styles['error']} role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}

/** Lets the digits choose, anywhere in a form but in its text fields. */
export function chooseByDigit(
  choices: readonly Choice[],
  onChange: (value: string) => void,
): (event: KeyboardEvent) => void {
  return (event) => {
    const typing =
      event.target instanceof HTMLTextAreaElement ||
      (event.target instanceof HTMLInputElement && event.target.type !== 'radio');
    const choice = /^[1-9]$/.test(event.key) ? choices[Number(event.key) - 1] : undefined;
    if (typing || !choice) return;
    event.preventDefault();
    onChange(choice.value);
    const radios = event.currentTarget.querySelectorAll<HTMLInputElement>('input[type=radio]');
    [...radios].find((radio) => radio.value === choice.value)?.focus();
  };
}
