import { Resolver, lookup as systemLookup } from "node:dns/promises";

/** Every address of a name. */
export type LookupAll = (hostname: string) => Promise<readonly { readonly address: string }[]>;

/** Asks the operating system, on Node's thread pool. */
export const lookupBySystem: LookupAll = (hostname) => systemLookup(hostname, { all: true });

const QUERY_TIMEOUT_MS = 2000;
const QUERY_TRIES = 2;

/**
 * Asks name servers directly, off Node's thread pool, so that names whose servers never answer hold up nobody else's.
 * Reads no hosts file and adds no search domain. A family whose question fails counts as empty when the other has
 * answers: an address nobody told us is one we don't connect to.
 * @param servers default: those of the system's configuration.
 */
export function createDnsLookup(servers?: readonly string[]): LookupAll {
  let resolver: Resolver | undefined;
  return async (hostname) => {
    if (resolver === undefined) {
      resolver = new Resolver({ timeout: QUERY_TIMEOUT_MS, tries: QUERY_TRIES });
      if (servers !== undefined) resolver.setServers(servers);
    }
    const [v4, v6] = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)]);
    const addresses = [v4, v6].flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (addresses.length > 0) return addresses.map((address) => ({ address }));
    throw mostTelling(v4, v6);
  };
}

/** "No such record" of one family says less than a failure of the other. */
function mostTelling(...answers: readonly PromiseSettledResult<unknown>[]): unknown {
  const errors = answers.flatMap((answer) => (answer.status === "rejected" ? [answer.reason] : []));
  return errors.find(({ code }) => code !== "ENODATA") ?? errors[0];
}
