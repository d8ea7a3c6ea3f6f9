const COLOURS = ['#7c3aed', '#0f766e', '#b45309', '#be185d', '#1d4ed8', '#4d7c0f'];

/** A square with initials; the app's own is a pulse. */
export function Avatar(props: { readonly name: string; readonly app?: boolean; readonly small?: boolean }) {
  const { name, app = false, small = false } = props;
  const number = [...name].reduce((sum, letter) => sum + (letter.codePointAt(0) ?? 0), 0);
  const initials = name
    .split(/[\s-]+/)
    .slice(0, 2)
    .map((word) => word.charAt(0).toUpperCase())
    .join('');
  const colour = app ? '#1f2d3d' : COLOURS[number % COLOURS.length];
  return (
    <span
      className={small ? 'avatar avatar-small' : 'avatar'}
      style={{ background: colour }}
      aria-hidden="true"
    >
      {app ? (
        <svg viewBox="0 0 24 24" role="presentation">
          <path d="M3 13h4l2.5-7 4 13 3-9 1.5 3h3" />
        </svg>
      ) : (
        initials
      )}
    </span>
  );
}
