/** Subjects the in-process stand-in keeps while the store is out; about 200 bytes each. */
export const LOCAL_MAX_SUBJECTS = 10_000;

/** Shares that a leased limit is cut into: each process that takes one leaves at most 2 % of the limit unused. */
export const LEASE_SHARES = 50;

/** Leases a process holds at once; about 400 bytes each. Limits beyond are counted in the store. */
export const MAX_LEASES = 50_000;
