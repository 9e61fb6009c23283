import { ValidationError } from "../errors/tenon-error.js";
import { parseFields } from "../input/parse-input.js";
import { withoutUndefined } from "../input/without-undefined.js";
import type { ApiKeyRecord } from "../ports/api-key-store.js";
import type { ApiKeyServiceConfig } from "./api-key-service-config.js";
import { findKeyProblems, findOrderProblems } from "./key-rules.js";
import { type UpdateApiKeyInput, updateApiKeyInput } from "./schemas.js";

/**
 * Changes the settings given. A revoked key is returned as it is; undefined when the tenant has no such key.
 * @throws {ValidationError} naming every offending field.
 */
export async function updateKey(
  input: UpdateApiKeyInput,
  config: ApiKeyServiceConfig,
): Promise<ApiKeyRecord | undefined> {
  const { tenantId, keyId, grantableScopes, ...given } = parseFields(updateApiKeyInput, input, (fields) =>
    findKeyProblems(fields, config, config.clock.now()),
  );
  const { scopes, ...others } = withoutUndefined(given);
  if ((given.notBefore === undefined) !== (given.expiresAt === undefined)) {
    const problems = findOrderProblems({ ...(await config.store.find({ tenantId, keyId })), ...others });
    if (problems.length > 0) throw new ValidationError(problems);
  }
  const changes = scopes === undefined ? others : { ...others, scopes: [...new Set(scopes)] };
  return config.store.update({ tenantId, keyId, changes });
}
