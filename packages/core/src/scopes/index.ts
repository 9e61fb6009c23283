export { checkScopes, type RequiredScopes, type ScopeDecision } from "./check-scopes.js";
export { findUnknownScopes } from "./find-unknown-scopes.js";
export { formatScopeList, isScopeToken, parseScopeList } from "./parse-scopes.js";
