import type { EndpointRecord } from "../ports/endpoint-store.js";
import { MASKED_VALUE } from "./custom-headers.js";

/** A partner's URL and what is sent there, as hosts see it. */
export interface Endpoint extends Omit<EndpointRecord, "sealedHeaders"> {
  /** The headers sent with each delivery, by name. Their values are sealed, and masked here. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Shows a record to hosts. */
export function toEndpoint({ sealedHeaders, ...endpoint }: EndpointRecord): Endpoint {
  const names = sealedHeaders?.names ?? [];
  return { headers: Object.fromEntries(names.map((name) => [name, MASKED_VALUE])), ...endpoint };
}
