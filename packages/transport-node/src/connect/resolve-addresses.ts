import { isIPv6 } from "node:net";
import { type AddressRule, checkAddress } from "../addresses/address-policy.js";
import { codeOf, TransportFailure } from "../transport-failure.js";
import { isLocalhostName, literalAddressOf } from "../url-policy.js";
import type { LookupAll } from "./lookup-names.js";

/** An address that may be connected to, as `net.connect` wants it from a lookup. */
export interface VettedAddress {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Enough for any honest name; a connection attempt must not become a walk through a thousand addresses. */
const MOST_ADDRESSES_TRIED = 8;

/**
 * Resolves a host once and vets everything it answers. One refused address refuses them all: a name that mixes
 * public and private addresses is how a guard is slipped past.
 * @throws {TransportFailure} `dns` when there is no answer, `blocked` when an address isn't allowed.
 */
export async function resolveAddresses(
  hostname: string,
  rule: AddressRule,
  lookup: LookupAll,
): Promise<readonly VettedAddress[]> {
  const addresses = await addressesOf(hostname, lookup);
  for (const address of addresses) {
    const check = checkAddress(address, rule);
    // The address itself is kept out of the message: partners read it, and it describes the host's network.
    if (!check.ok)
      throw new TransportFailure("blocked", `${hostname} leads to a refused address (${check.what})`);
  }
  return addresses
    .slice(0, MOST_ADDRESSES_TRIED)
    .map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }));
}

async function addressesOf(hostname: string, lookup: LookupAll): Promise<readonly string[]> {
  // Neither kind of host is a question for a resolver, whose answer could be anything.
  const literal = literalAddressOf(hostname);
  if (literal !== undefined) return [literal];
  if (isLocalhostName(hostname)) return ["127.0.0.1", "::1"];
  try {
    const answers = await lookup(hostname);
    if (answers.length > 0) return answers.map(({ address }) => address);
  } catch (error) {
    const code = codeOf(error);
    throw new TransportFailure("dns", `${hostname} could not be resolved${code === "" ? "" : ` (${code})`}`);
  }
  throw new TransportFailure("dns", `${hostname} has no address`);
}
