import { type Cidr, isInRanges, parseCidr } from "../network/cidr.js";
import { readAddress } from "../network/client-address.js";
import type { ApiKeyRecord } from "../ports/api-key-store.js";
import { checkScopes, type RequiredScopes } from "../scopes/check-scopes.js";
import type { KeyStatus } from "./key-status.js";
import type { JudgeRequest, KnownKeyResult } from "./key-verdict.js";
import type { KnownKey } from "./known-key.js";

const NO_SCOPES: RequiredScopes = [];

/** What stands against a call with a key, whatever its limits say: its status, the address, the scopes, in this order. */
export function refuseKey(
  { record, scopes: granted, isBoundToAddresses }: KnownKey,
  status: KeyStatus,
  { scopes: required = NO_SCOPES, clientAddress }: JudgeRequest,
  wildcards: boolean,
): KnownKeyResult | undefined {
  if (status !== "active") return { ok: false, reason: status };
  if (isBoundToAddresses && !isAddressAllowed(record, readAddress(clientAddress)))
    return { ok: false, reason: "ip_not_allowed" };
  const grant = checkScopes({ granted, required, wildcards });
  return grant.ok ? undefined : { ok: false, reason: "insufficient_scope", missingScopes: grant.missing };
}

/** The ranges of records, which don't change. */
const allowedRanges = /* @__PURE__ */ new WeakMap<ApiKeyRecord, readonly Cidr[]>();

function isAddressAllowed(record: ApiKeyRecord, clientAddress: string | undefined): boolean {
  let ranges = allowedRanges.get(record);
  if (ranges === undefined) {
    ranges = record.ipAllowlist.map(parseCidr).filter((range) => range !== undefined);
    allowedRanges.set(record, ranges);
  }
  return clientAddress !== undefined && isInRanges(clientAddress, ranges);
}
