/** The sign of the product: a baton passed between two hands. */
export function BatonMark({ size = 22 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="var(--accent-fill)" />
      <path d="M8 22 24 10" stroke="var(--on-accent)" strokeWidth="4" strokeLinecap="round" />
      <circle cx="8.5" cy="11" r="2.2" fill="var(--on-accent)" />
      <circle cx="23.5" cy="21" r="2.2" fill="var(--on-accent)" />
    </svg>
  );
}
