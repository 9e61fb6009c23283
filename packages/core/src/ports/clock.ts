/**
 * Time, as the core sees it. An injected clock drives everything: expiry, limits, due times and the runner.
 */
export interface Clock {
  /** The current instant. */
  now(): Date;
  /**
   * Resolves after `ms` milliseconds of this clock's time, or as soon as `signal` aborts (it never rejects).
   * A pending wait keeps the process alive: whoever starts one in the background aborts it when it closes.
   */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}
