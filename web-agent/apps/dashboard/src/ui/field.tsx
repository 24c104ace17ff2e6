import { type ComponentProps, useId } from 'react';
import './field.css';

interface FieldProps extends ComponentProps<'input'> {
  label: string;
}

/** A text input under its label. */
export function Field({ label, ...rest }: FieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input id={id} className="input" {...rest} />
    </div>
  );
}
