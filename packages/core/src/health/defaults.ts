/**
 * How long a readiness probe waits for the storage. Less than the time that orchestrators give a probe is seldom; their
 * own default (Kubernetes: 1 s) should be raised above this.
 */
export const DEFAULT_READY_TIMEOUT_MS = 2_000;
