/** A variable that the construct sets; its absence is a defect of ours, so it is named. */
export function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) {
    throw new Error(`environment variable '${name}' is missing`);
  }
  return value;
}
