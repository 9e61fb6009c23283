import { createTenon } from "@tenon/core";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, it } from "vitest";

const LIMITS = [{ name: "minute", limit: 10, windowSeconds: 60 }];

/** The instants that a storage's rate limits are told by a call with a key, and by one without. */
async function instantsTold(storage: Storage): Promise<readonly (Date | undefined)[]> {
  const told: (Date | undefined)[] = [];
  const rateLimits: Storage["rateLimits"] = {
    ...storage.rateLimits,
    consume(request) {
      told.push(request.now);
      return storage.rateLimits.consume(request);
    },
  };
  const tenon = createTenon({ storage: { ...storage, rateLimits } });
  const { secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "CI", scopes: [], limits: LIMITS });
  await tenon.apiKeys.authenticate({ key: secret.reveal() });
  await tenon.limits.consume({ subject: "user:1", limits: LIMITS });
  return told;
}

describe("the time that rate limits are counted by, where the host brought no clock", () => {
  it("is the kit's for a storage in this process", async () => {
    expect(await instantsTold(memoryStorage())).toEqual([expect.any(Date), expect.any(Date)]);
  });

  it("is the store's own for a storage that other processes share", async () => {
    const { isProcessLocal: _, ...shared } = memoryStorage();
    expect(await instantsTold(shared)).toEqual([undefined, undefined]);
  });
});
