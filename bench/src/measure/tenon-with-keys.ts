import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { KEY_COUNT, SCOPE, TWO_LIMITS } from "./scenario.js";

/** A kit in memory, and keys with a scope and two limits. */
export async function createTenonWithKeys() {
  const tenon = createTenon({ storage: memoryStorage(), scopes: { [SCOPE]: "Read posts" } });
  const texts: string[] = [];
  for (let index = 0; index < KEY_COUNT; index++) {
    const key = await tenon.apiKeys.create({
      tenantId: `tenant-${index}`,
      name: "bench",
      scopes: [SCOPE],
      limits: [...TWO_LIMITS],
    });
    texts.push(key.secret.reveal());
  }
  return { tenon, texts };
}
