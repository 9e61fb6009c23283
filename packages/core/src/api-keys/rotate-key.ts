import { createPublicId } from "../encoding/public-id.js";
import { ConflictError } from "../errors/tenon-error.js";
import type { ApiKeyRecord } from "../ports/api-key-store.js";
import { createSecret } from "../secret/secret.js";
import { type ApiKey, type CreatedApiKey, toApiKey } from "./api-key.js";
import type { ApiKeyServiceConfig } from "./api-key-service-config.js";
import { hashKey } from "./hash-key.js";
import { generateKeyText, keyStart } from "./key-format.js";
import type { RotateApiKeyInput } from "./schemas.js";

/** What a rotation gives: the new key, with its text this once, and the old one as it is now. */
export interface RotatedApiKey {
  readonly successor: CreatedApiKey;
  readonly predecessor: ApiKey;
}

/**
 * Puts a successor in a key's place; undefined when the tenant has no such key.
 * @throws {ConflictError} when the key is revoked, expired or was rotated before.
 */
export async function rotateKey(
  { tenantId, keyId, graceSeconds }: RotateApiKeyInput,
  { store, format, clock, storeNow, random, crypto, onChange }: ApiKeyServiceConfig,
): Promise<RotatedApiKey | undefined> {
  const key = await store.find({ tenantId, keyId });
  if (key === undefined) return undefined;
  // A key from elsewhere, or from before the host renamed its environments, has none that the format knows.
  const environment = format.environments.find((name) => name === key.environment) ?? format.environments[0];
  const text = generateKeyText(format, environment, random);
  const rotated = await store.rotate({
    tenantId,
    keyId,
    successor: {
      id: createPublicId("key", { clock, random }),
      hash: hashKey(text, crypto),
      prefix: format.prefix,
      environment,
      start: keyStart(format, text),
    },
    graceSeconds,
    ...storeNow(),
  });
  if (rotated === undefined) return undefined;
  const { predecessor, successor } = rotated;
  if (successor === undefined) throw new ConflictError(describeRefusal(predecessor));
  onChange(predecessor.hash);
  onChange(successor.hash);
  const now = clock.now();
  return {
    successor: { ...toApiKey(successor, now), secret: createSecret(text) },
    predecessor: toApiKey(predecessor, now),
  };
}

function describeRefusal({ successorId, revokedAt }: ApiKeyRecord): string {
  if (successorId !== undefined)
    return `This API key was rotated before. Rotate its successor, ${successorId}.`;
  return `This API key is ${revokedAt === undefined ? "expired" : "revoked"} and has no place to give. Create a new one.`;
}
