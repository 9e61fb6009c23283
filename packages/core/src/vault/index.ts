export { createKeyRing, type KeyRing, type RingKey, type VaultKey } from "./key-ring.js";
export type { VaultPlace } from "./place.js";
export { createVault, type Vault } from "./vault.js";
