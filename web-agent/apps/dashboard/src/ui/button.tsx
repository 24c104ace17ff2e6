import type { ComponentProps } from 'react';
import './button.css';

export interface ButtonProps extends ComponentProps<'button'> {
  look?: 'plain' | 'outline' | 'primary' | 'danger';
  size?: 'normal' | 'large';
  /** Square, for a lone icon; needs an `aria-label`. */
  icon?: boolean;
}

/** Every button of the dashboard. */
export function Button({ look = 'plain', size = 'normal', icon, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      data-look={look}
      data-size={size}
      data-icon={icon || undefined}
      className={className === undefined ? 'button' : `button ${className}`}
      {...rest}
    />
  );
}
