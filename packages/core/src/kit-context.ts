import type { Settings } from "./config.js";
import type { IdGenerator } from "./encoding/id-generator.js";
import type { Clock } from "./ports/clock.js";
import type { Crypto } from "./ports/crypto.js";
import type { Logger } from "./ports/logger.js";
import type { Random } from "./ports/random.js";
import type { ShortLivedStore } from "./ports/short-lived-store.js";
import type { Storage } from "./ports/storage.js";
import type { Telemetry } from "./ports/telemetry.js";
import type { Vault } from "./vault/vault.js";

/** What every part of the kit is wired with. */
export interface KitContext {
  readonly settings: Settings;
  readonly storage: Storage;
  /** Short-lived state: the host's own store, or the storage's. It takes no part in transactions of the host's. */
  readonly shortLived: ShortLivedStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly crypto: Crypto;
  readonly logger: Logger;
  /** Absent, nothing is told, and nothing is spent on it. */
  readonly telemetry: Telemetry | undefined;
  /** Undefined when the host gave no vault keys. */
  readonly vault: Vault | undefined;
  readonly createId: IdGenerator;
  /** The time for store methods: given only when the host brought a clock, else the database tells it. */
  readonly storeNow: () => { readonly now?: Date };
}
