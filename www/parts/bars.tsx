/** Bars beside numbers. */

/** A bar whose length is a share from 0 to 1 of its cell. */
export const Bar = ({ share, kind = "" }: { share: number; kind?: string }) => (
  <span class="track"><i class={kind} style={{ width: `${Math.max(0, Math.min(1, share)) * 100}%` }} /></span>
);

/** A difference with its interval around zero, on a scale from −1 to 1. */
export function Interval({ at, low, high, calm }: { at: number; low: number; high: number; calm: boolean }) {
  const x = (value: number) => 60 + 58 * Math.max(-1, Math.min(1, value));
  return (
    <svg class={`interval ${calm ? "calm" : at < 0 ? "down" : "up"}`} width="120" height="18" viewBox="0 0 120 18" aria-hidden="true">
      <line class="zero" x1="60" x2="60" y1="1" y2="17" />
      <line x1={x(low)} x2={x(high)} y1="9" y2="9" />
      <circle cx={x(at)} cy="9" r="3.5" />
    </svg>
  );
}
