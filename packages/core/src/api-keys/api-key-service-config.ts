import type { ApiKeyStore } from "../ports/api-key-store.js";
import type { Clock } from "../ports/clock.js";
import type { Crypto } from "../ports/crypto.js";
import type { Random } from "../ports/random.js";
import type { KeyFormats } from "./accepted-formats.js";
import type { KeyPolicy } from "./key-policy.js";
import type { KeyRules } from "./key-rules.js";

export interface ApiKeyServiceConfig extends KeyRules, KeyFormats {
  readonly store: ApiKeyStore;
  readonly policy: KeyPolicy;
  readonly clock: Clock;
  /** The instant handed to the store: undefined lets the database's clock decide. */
  readonly storeNow: () => { readonly now?: Date };
  readonly random: Random;
  readonly crypto: Crypto;
  /** Told the hash of every key that changed, so that caches forget it. */
  readonly onChange: (hash: string) => void;
}
