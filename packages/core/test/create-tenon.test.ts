import { execFileSync } from "node:child_process";
import { createTenon, type TenonConfig } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import { describe, expect, test } from "vitest";
import { createTestKit } from "./kit.js";

describe("createTenon", () => {
  test("lists every problem of a configuration at once", () => {
    const config = {
      storage: {},
      limits: { consume: () => {} },
      shortLived: new Map(),
      vaultKeys: [{ id: "short", key: "hunter2" }],
      apiKeys: { prefix: "_sk", environments: ["live", "live"] },
      trustedProxies: ["10.0.0.0/99"],
      transport: {},
      colour: "green",
    } as unknown as TenonConfig;
    const pointers = problemsOf(() => createTenon(config));
    expect(pointers).toEqual([
      "/storage",
      "/limits",
      "/shortLived",
      "/vaultKeys/0/key",
      "/apiKeys/prefix",
      "/apiKeys/environments",
      "/transport",
      "/trustedProxies/0",
      "",
    ]);
  });

  test("never repeats a vault key", () => {
    const vaultKeys = [{ id: "short", key: "hunter2" }];
    expect(() => createTenon({ storage: memoryStorage(), vaultKeys })).not.toThrow(/hunter2/);
    expect(JSON.stringify(createTestKit().tenon)).not.toContain(Buffer.alloc(32, 7).toString("base64"));
  });

  test("a host that gives no environments gets keys without one", async () => {
    const { tenon } = createTestKit({
      apiKeys: { prefix: "aivo", environments: [], body: { characters: 32 } },
    });
    const { secret } = await tenon.apiKeys.create({ tenantId: "acme", name: "Key", scopes: [] });
    expect(secret.reveal()).toMatch(/^aivo_[0-9A-Za-z]{32}$/);
  });

  test("importing and creating it starts nothing: the process ends by itself", () => {
    const script = `
      import { createTenon } from "@tenon/core";
      import { memoryStorage } from "@tenon/storage-memory";
      const tenon = createTenon({ storage: memoryStorage() });
      await tenon.apiKeys.create({ tenantId: "acme", name: "Key", scopes: [] });
      console.log("done");
    `;
    const node = ["--import", "tsx", "-C", "@tenon/source", "--input-type=module", "-e", script];
    expect(execFileSync(process.execPath, node, { encoding: "utf8", timeout: 30_000 })).toBe("done\n");
  });
});

function problemsOf(create: () => unknown): readonly string[] {
  try {
    create();
  } catch (error) {
    return (error as { problems: readonly { pointer: string }[] }).problems.map(({ pointer }) => pointer);
  }
  return expect.unreachable("it should have been refused");
}
