import { useEffect, useRef, useState } from 'react';
import { choicesOf, type Json } from './json.ts';

/** The three dots with a menu behind them. */
export function Overflow(props: {
  readonly element: Json;
  readonly busy: boolean;
  readonly choose: (value: string) => void;
  readonly label?: string;
}) {
  const { element, busy, choose, label = 'More actions' } = props;
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  const dots = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('.menu button')?.focus();
    const elsewhere = (event: PointerEvent) => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) setOpen(false);
    };
    document.addEventListener('pointerdown', elsewhere);
    return () => document.removeEventListener('pointerdown', elsewhere);
  }, [open]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only catches Escape of the buttons inside
    <span
      className="overflow"
      ref={root}
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || !open) return;
        event.stopPropagation();
        setOpen(false);
        dots.current?.focus();
      }}
    >
      <button
        ref={dots}
        type="button"
        className="button"
        aria-label={label}
        aria-haspopup="menu"
        aria-expanded={open}
        disabled={busy}
        onClick={() => setOpen(!open)}
      >
        •••
      </button>
      {open ? (
        <span className="menu">
          {choicesOf(element).map(({ value, text, url }) => (
            <button
              key={value}
              type="button"
              onClick={() => {
                setOpen(false);
                dots.current?.focus();
                if (url !== null) window.open(url, '_blank', 'noopener');
                choose(value);
              }}
            >
              {text}
            </button>
          ))}
        </span>
      ) : null}
    </span>
  );
}
