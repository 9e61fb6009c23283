import { coversScope } from "./covers-scope.js";

/** Scopes a call needs: every one of a list, or any one of `anyOf`. */
export type RequiredScopes = readonly string[] | { readonly anyOf: readonly string[] };

export type ScopeDecision =
  | { readonly ok: true }
  /** What is not covered; of `anyOf`, all of them, since any one would do. */
  | { readonly ok: false; readonly missing: readonly string[] };

/**
 * Checks what was granted against what a call needs. An empty grant allows nothing but an empty list of needs, and
 * an empty `anyOf` is never met. It does not know which scopes exist: see `findUnknownScopes`.
 * @param options.wildcards whether `posts:*` and `*` grant more than themselves; default false.
 * @example
 * checkScopes({ granted: ["posts:read"], required: ["posts:read", "posts:write"] });
 * // → { ok: false, missing: ["posts:write"] }
 */
export function checkScopes(options: {
  readonly granted: readonly string[];
  readonly required: RequiredScopes;
  readonly wildcards?: boolean;
}): ScopeDecision {
  const { granted, required, wildcards = false } = options;
  if ("anyOf" in required) {
    for (const scope of required.anyOf) if (coversScope(granted, scope, wildcards)) return COVERED;
    return { ok: false, missing: required.anyOf };
  }
  let missing: string[] | undefined;
  for (const scope of required) {
    if (coversScope(granted, scope, wildcards)) continue;
    missing ??= [];
    missing.push(scope);
  }
  return missing === undefined ? COVERED : { ok: false, missing };
}

const COVERED: ScopeDecision = Object.freeze({ ok: true });
