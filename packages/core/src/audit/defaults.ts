/** How long entries of the audit log are kept, in days: a year, and the days until somebody looks back at it. */
export const DEFAULT_AUDIT_RETENTION_DAYS = 400;
