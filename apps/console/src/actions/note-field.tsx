import { Field } from '../look/field.js';

interface NoteFieldProps {
  hint: string;
  value: string;
  onChange: (note: string) => void;
}

/** Free words that go with an action. */
export function NoteField({ hint, value, onChange }: NoteFieldProps) {
  return (
    <Field label="Note" hint={hint}>
      {(ids) => <textarea {...ids} rows={2} value={value} onChange={({ target }) => onChange(target.value)} />}
    </Field>
  );
}
