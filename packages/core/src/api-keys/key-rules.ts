import type { InputProblem } from "../errors/tenon-error.js";
import { parseCidr } from "../network/cidr.js";
import { checkScopes } from "../scopes/check-scopes.js";
import { findUnknownScopes } from "../scopes/find-unknown-scopes.js";
import type { KeyFormat } from "./key-format.js";

/** What a key's settings are held against. */
export interface KeyRules {
  readonly format: KeyFormat;
  /** The registry of scopes; absent leaves scopes open. */
  readonly knownScopes: ReadonlySet<string> | undefined;
  readonly wildcardScopes: boolean;
}

/** Settings as asked for; what is absent isn't judged. */
export interface AskedSettings {
  readonly environment?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly grantableScopes?: readonly string[] | undefined;
  readonly ipAllowlist?: readonly string[] | undefined;
  readonly notBefore?: Date | null | undefined;
  readonly expiresAt?: Date | null | undefined;
}

/** What is wrong with the settings of a key, beyond what their types say. `at` is where they stand in the input. */
export function findKeyProblems(
  asked: AskedSettings,
  rules: KeyRules,
  now: Date,
  at = "",
): readonly InputProblem[] {
  return [...findSettingProblems(asked, rules, now, at), ...findOrderProblems(asked, at)];
}

function findSettingProblems(
  asked: AskedSettings,
  { format, knownScopes, wildcardScopes: wildcards }: KeyRules,
  now: Date,
  at: string,
): readonly InputProblem[] {
  const { environment, scopes = [], grantableScopes, ipAllowlist = [], expiresAt } = asked;
  const problems: InputProblem[] = [];
  const report = (pointer: string, message: string) => void problems.push({ pointer: at + pointer, message });

  if (environment !== undefined && !format.environments.includes(environment)) {
    const names = format.environments.join(", ");
    report("/environment", names === "" ? "must be left out" : `must be one of: ${names}`);
  }
  const unknown = knownScopes ? findUnknownScopes({ scopes, registry: knownScopes, wildcards }) : [];
  for (const scope of unknown) report(`/scopes/${scopes.indexOf(scope)}`, `"${scope}" is not a known scope`);
  const grant = grantableScopes && checkScopes({ granted: grantableScopes, required: scopes, wildcards });
  for (const scope of grant?.ok === false && "missing" in grant ? grant.missing : []) {
    report(`/scopes/${scopes.indexOf(scope)}`, `"${scope}" is beyond what may be granted here`);
  }
  for (const [index, range] of ipAllowlist.entries()) {
    if (parseCidr(range) === undefined) {
      report(`/ipAllowlist/${index}`, "must be an IP address or a CIDR range");
    }
  }
  if (expiresAt && expiresAt <= now) report("/expiresAt", "must be in the future");
  return problems;
}

/** What is wrong with the order of a key's two instants. */
export function findOrderProblems(
  { notBefore, expiresAt }: Pick<AskedSettings, "notBefore" | "expiresAt">,
  at = "",
): readonly InputProblem[] {
  if (!notBefore || !expiresAt || notBefore < expiresAt) return [];
  return [{ pointer: `${at}/notBefore`, message: "must be before expiresAt" }];
}
