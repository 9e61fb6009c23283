import { type Cidr, isInRanges, parseAddress } from "./cidr.js";

/** An address, or how to find it: for most calls nobody asks. */
export type AddressSource = string | undefined | (() => string | undefined);

/** The address itself. */
export function readAddress(source: AddressSource): string | undefined {
  return typeof source === "function" ? source() : source;
}

/**
 * Finds the client's address: the connection's own, or, when that is a trusted proxy, the first address from the
 * right of `X-Forwarded-For` that isn't one. An entry that is no address ends the walk at the last one trusted.
 * Nothing left of the entry it stops at is read, however long the header is.
 */
export function findClientAddress({
  connectionAddress,
  forwardedFor,
  trustedProxies,
}: {
  readonly connectionAddress: string | undefined;
  readonly forwardedFor: string | undefined;
  readonly trustedProxies: readonly Cidr[];
}): string | undefined {
  if (connectionAddress === undefined) return undefined;
  // A link-local connection names its interface behind a "%", which is no part of the address.
  let client = withoutPort(connectionAddress);
  if (client.includes("%")) client = client.slice(0, client.indexOf("%"));
  let unread = forwardedFor;
  while (unread !== undefined && isInRanges(client, trustedProxies)) {
    const hopAt = unread.lastIndexOf(",") + 1;
    const address = withoutPort(unread.slice(hopAt).trim());
    if (parseAddress(address) === undefined) return client;
    client = address;
    unread = hopAt === 0 ? undefined : unread.slice(0, hopAt - 1);
  }
  return client;
}

function withoutPort(text: string): string {
  // Nearly every address comes without: an IPv4 one has no colon, an IPv6 one no bracket.
  if (!text.startsWith("[") && !(text.includes(".") && text.includes(":"))) return text;
  const withPort = /^\[([^\]]+)\](?::\d+)?$/.exec(text) ?? /^(\d+\.\d+\.\d+\.\d+):\d+$/.exec(text);
  return withPort?.[1] ?? text;
}
