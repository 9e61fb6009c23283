import type { KeyChanges } from "@tenon/core/ports";
import type { PGliteInstance } from "../connect/pglite.js";
import { keyChannel } from "./channel.js";
import { listenOnClient, type PgListenClient } from "./listen-client.js";
import { listenOnPGlite } from "./listen-pglite.js";

/** How changes are heard: on the host's client, on PGlite by itself, else not at all. */
export function createKeyChanges(options: {
  readonly schema: string;
  readonly listen: (() => PgListenClient) | undefined;
  readonly pglite: PGliteInstance | undefined;
  readonly acquireTimeoutMs: number;
}): KeyChanges | undefined {
  const { schema, listen, pglite, acquireTimeoutMs } = options;
  const channel = keyChannel(schema);
  if (listen !== undefined) return listenOnClient({ createClient: listen, channel, acquireTimeoutMs });
  const onPGlite = pglite?.listen?.bind(pglite);
  return onPGlite && listenOnPGlite({ listen: onPGlite, channel, acquireTimeoutMs });
}
