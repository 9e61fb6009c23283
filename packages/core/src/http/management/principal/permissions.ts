export const PERMISSIONS = [
  "api-keys:read",
  "api-keys:write",
  "webhooks:read",
  "webhooks:write",
  "audit:read",
] as const;

/** What a route asks of its caller. Writing doesn't include reading. */
export type Permission = (typeof PERMISSIONS)[number];

/** Whether permissions cover one: by its name, by `group:*`, or by `*`. */
export function isPermitted(granted: readonly string[], required: Permission): boolean {
  const group = required.slice(0, required.indexOf(":"));
  return granted.includes(required) || granted.includes(`${group}:*`) || granted.includes("*");
}
