export {
  deriveCodeChallenge,
  generateCodeVerifier,
  isCodeChallenge,
  isCodeVerifier,
  verifyCodeVerifier,
} from "./pkce.js";
export {
  checkRedirectUri,
  matchRedirectUri,
  type RedirectUriProblem,
  type RedirectUriVerdict,
} from "./redirect-uri.js";
export {
  formatProviderScopes,
  isScopeSubset,
  parseProviderScopes,
  type ScopeSeparator,
} from "./scope-list.js";
export { digestState, generateState, verifyState } from "./state-digest.js";
