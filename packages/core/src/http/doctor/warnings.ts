/** What the doctor can say: mistakes that work at first and cost a day later. Each has its part in docs/doctor.md. */
export const DOCTOR_WARNINGS = {
  "proxy-header-without-trusted-proxies":
    "A request came with X-Forwarded-For or Forwarded, and no trustedProxies are named. Behind a proxy, every client " +
    "now has the proxy's address.",
  "double-count":
    "One request was charged twice to the same limit of the same subject: rateLimit is mounted twice on its way.",
  "memory-storage-in-cluster":
    "This process is one worker of a cluster and keeps its records in its own memory: each worker has keys and " +
    "limits of its own.",
  "middleware-built-per-request":
    "Middlewares are still being built while requests are served. Build each once, beside its route, and not in a " +
    "handler.",
  "key-in-query-string":
    "A request carried an API key in its query string, where logs and histories keep it. It was not accepted: " +
    "have the caller send it in a header, and revoke the key.",
} as const;

export type DoctorWarning = keyof typeof DOCTOR_WARNINGS;

/** Where a warning is explained. */
export function warningLink(warning: DoctorWarning): string {
  return `docs/doctor.md#${warning}`;
}
