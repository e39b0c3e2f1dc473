/** Something that was measured several times. */
export interface Spread {
  /** Half of the values are below it. */
  readonly median: number;
  /** A tenth of the values is below it. */
  readonly low: number;
  /** A tenth of the values is above it. */
  readonly high: number;
}

/** The median, and where the middle four fifths of the values lie: one disturbed round moves neither far. */
export function spreadOf(values: number[]): Spread {
  if (values.length === 0) {
    throw new Error('nothing was measured');
  }
  const sorted = [...values].sort((a, b) => a - b);
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.1), high: quantile(sorted, 0.9) };
}

/**
 * The ratio of what was measured side by side, round by round: what slows the machine down for a while slows both down.
 */
export function ratioOf(values: number[], against: number[]): Spread {
  if (values.length !== against.length) {
    throw new Error(`every round must measure both, got: ${values.length} and ${against.length} values`);
  }
  return spreadOf(values.map((value, round) => value / against[round]));
}

/** Between two values, the share of the way from one to the other. */
function quantile(sorted: number[], share: number): number {
  const position = share * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (position - below);
}
