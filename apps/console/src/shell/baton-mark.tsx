/** The sign of the product: a baton passed between two hands. */
export function BatonMark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent-fill)" />
      <g stroke="var(--on-accent)" strokeWidth="4" strokeLinecap="round">
        <path d="m8 20 7-9" opacity="0.55" />
        <path d="m16 21 8-10" />
      </g>
    </svg>
  );
}
