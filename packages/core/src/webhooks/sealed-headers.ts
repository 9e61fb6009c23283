import type { SealedHeadersRecord } from "../ports/endpoint-store.js";
import type { Vault } from "../vault/vault.js";

interface EndpointKey {
  readonly tenantId: string;
  readonly endpointId: string;
}

/** Seals an endpoint's headers for storage; undefined when there are none. */
export async function sealHeaders(
  vault: Vault,
  endpoint: EndpointKey,
  headers: Readonly<Record<string, string>>,
): Promise<SealedHeadersRecord | undefined> {
  const names = Object.keys(headers);
  if (names.length === 0) return undefined;
  return { names, sealed: await vault.seal({ ...headersPlace(endpoint), text: JSON.stringify(headers) }) };
}

/** Opens them, with their names in lower case. */
export async function openHeaders(
  vault: Vault,
  endpoint: EndpointKey,
  { sealed }: SealedHeadersRecord,
): Promise<Readonly<Record<string, string>>> {
  const opened = await vault.open({ ...headersPlace(endpoint), sealed });
  const headers = JSON.parse(opened.reveal()) as Readonly<Record<string, string>>;
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function headersPlace({ tenantId, endpointId }: EndpointKey) {
  return { tenantId, recordId: endpointId, field: "endpoints.sealed_headers" };
}
