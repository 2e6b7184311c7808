import { Check } from 'lucide-react';
import type { ChecklistItem } from '../api/types.js';
import { inWords } from '../facts/stage-words.js';
import { Field } from '../look/field.js';
import styles from './dialog-form.module.css';

interface ChecklistFieldProps {
  item: ChecklistItem;
  value: unknown;
  /** The lead said this itself. */
  told: boolean;
  /** Where typing begins. */
  first: boolean;
  error?: string | undefined;
  onChange: (value: unknown) => void;
}

/** One question of the checklist, in the control that fits its type. */
export function ChecklistField({ item, value, told, first, error, onChange }: ChecklistFieldProps) {
  const label = (
    <>
      {item.ask}
      {item.required && <span className={styles['required']}>required</span>}
      {told && (
        <span className={styles['told']}>
          <Check size={11} aria-hidden="true" /> the lead told us
        </span>
      )}
    </>
  );
  return (
    <Field label={label} error={error} hint={item.type === 'days' ? 'In days from today.' : undefined}>
      {(ids) => (
        <Control
          {...{ item, value, onChange }}
          ids={{ ...ids, 'data-answer': item.id, required: item.required ?? false, autoFocus: first }}
        />
      )}
    </Field>
  );
}

type ControlProps = Pick<ChecklistFieldProps, 'item' | 'value' | 'onChange'> & { ids: Record<string, unknown> };

function Control({ item, value, onChange, ids }: ControlProps) {
  const text = value === undefined || value === null ? '' : String(value);
  switch (item.type) {
    case 'choice':
      return <Select {...{ ids, onChange }} options={item.options ?? []} value={text} />;
    case 'yes-no':
      return (
        <Select
          {...{ ids }}
          options={['yes', 'no']}
          value={value === true ? 'yes' : value === false ? 'no' : ''}
          onChange={(said) => onChange(said === '' ? '' : said === 'yes')}
        />
      );
    case 'choices':
      return (
        <select
          {...ids}
          multiple
          value={Array.isArray(value) ? value.map(String) : []}
          onChange={({ target }) => onChange([...target.selectedOptions].map((option) => option.value))}
        >
          {(item.options ?? []).map((option) => (
            <option key={option}>{option}</option>
          ))}
        </select>
      );
    case 'number':
    case 'days':
      return (
        <input
          {...ids}
          type="number"
          inputMode="numeric"
          min={0}
          value={text}
          onChange={({ target }) => onChange(target.value === '' ? '' : Number(target.value))}
        />
      );
    case 'date':
      return <input {...ids} type="date" value={text} onChange={({ target }) => onChange(target.value)} />;
    case 'text':
      return <textarea {...ids} rows={2} value={text} onChange={({ target }) => onChange(target.value)} />;
  }
}

function Select({
  options,
  value,
  onChange,
  ids,
}: {
  options: string[];
  value: string;
  onChange: (value: string) => void;
  ids: Record<string, unknown>;
}) {
  return (
    <select {...ids} value={value} onChange={({ target }) => onChange(target.value)}>
      <option value="">Not answered yet</option>
      {options.map((option) => (
        <option key={option} value={option}>
          {inWords(option)}
        </option>
      ))}
    </select>
  );
}
