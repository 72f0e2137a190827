/** A curve of shares over days, with its interval as a band. */
import { number } from "../i18n";
import { share } from "./units";

interface Point {
  x: number;
  y: number;
  band: [number, number] | null;
}

const WIDTH = 480;
const HEIGHT = 170;
const LEFT = 44;
const BOTTOM = 22;
const TOP = 8;
/** The unit stands at the right of the last day. */
const RIGHT = 46;

export function Curve({ label, points, unit }: { label: string; points: Point[]; unit: string }) {
  const right = Math.max(...points.map((point) => point.x), 1);
  const top = Math.max(...points.map((point) => point.band?.[1] ?? point.y), 0.01);
  const x = (value: number) => LEFT + ((WIDTH - LEFT - RIGHT) * value) / right;
  const y = (value: number) => HEIGHT - BOTTOM - ((HEIGHT - BOTTOM - TOP) * value) / top;
  const line = (of: (point: Point) => number) => points.map((point) => `${x(point.x).toFixed(1)},${y(of(point)).toFixed(1)}`);
  const band = [...line((point) => point.band?.[1] ?? point.y), ...line((point) => point.band?.[0] ?? point.y).reverse()].join(" ");
  return (
    <svg class="curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {[0, top / 2, top].map((value) => (
        <g key={value}>
          <line class="grid" x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} />
          <text x={LEFT - 6} y={y(value) + 4} text-anchor="end">{share(value, top < 0.1 ? 1 : 0)}</text>
        </g>
      ))}
      <polygon points={band} />
      <polyline points={line((point) => point.y).join(" ")} />
      {points.map((point) => (
        <g key={point.x}>
          <circle cx={x(point.x)} cy={y(point.y)} r="3"><title>{`${number(point.x)} ${unit}: ${share(point.y)}`}</title></circle>
        </g>
      ))}
      {points.filter((point, at) => at === 0 || x(point.x) - x(points[at - 1]!.x) > 34 || at === points.length - 1).map((point) => (
        <text key={point.x} x={x(point.x)} y={HEIGHT - 6} text-anchor="middle">{number(point.x)}</text>
      ))}
      <text x={WIDTH} y={HEIGHT - 6} text-anchor="end">{unit}</text>
    </svg>
  );
}
