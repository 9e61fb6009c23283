/**
 * The scopes that a closed registry doesn't hold, in the order given.
 * With `wildcards`, `*` is known, and `posts:*` is known where something in the registry goes on after `posts:`.
 */
export function findUnknownScopes(options: {
  readonly scopes: readonly string[];
  readonly registry: ReadonlySet<string>;
  readonly wildcards?: boolean;
}): readonly string[] {
  const { scopes, registry, wildcards = false } = options;
  return scopes.filter((scope) => {
    if (registry.has(scope)) return false;
    if (!wildcards) return true;
    if (scope === "*") return false;
    if (!scope.endsWith(":*")) return true;
    return ![...registry].some((name) => name.length >= scope.length && name.startsWith(scope.slice(0, -1)));
  });
}
