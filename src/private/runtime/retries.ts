/** Throttling and passing faults of AWS are waited out by the SDK; what is left fails the run, which is then retried. */
export const RETRIES = { maxAttempts: 10, retryMode: 'adaptive' } as const;
