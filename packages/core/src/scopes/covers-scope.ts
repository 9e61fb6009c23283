/**
 * Whether what was granted covers one scope. Scopes are opaque texts, compared exactly.
 * With `wildcards`, `posts:*` also covers every scope that goes on after `posts:`, and `*` covers everything;
 * a scope asked for as a wildcard is covered by the same text or by `*` alone.
 */
export function coversScope(granted: readonly string[], scope: string, wildcards: boolean): boolean {
  if (granted.includes(scope)) return true;
  if (!wildcards) return false;
  if (granted.includes("*")) return true;
  if (scope.endsWith(":*")) return false;
  return granted.some(
    (grant) => grant.endsWith(":*") && scope.length >= grant.length && scope.startsWith(grant.slice(0, -1)),
  );
}
