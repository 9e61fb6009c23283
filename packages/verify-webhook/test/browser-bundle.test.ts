import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { describe, expect, test } from "vitest";
import type * as VerifyWebhook from "../src/index.js";
import { receive, webhookVectors } from "./vectors.js";

async function bundleForBrowsers(names: string, format: "iife" | "esm"): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: `export ${names} from "./index.js"`,
      resolveDir: fileURLToPath(new URL("../src/", import.meta.url)),
    },
    bundle: true,
    minify: true,
    write: false,
    platform: "browser",
    format,
    ...(format === "iife" && { globalName: "verifyWebhookPackage" }),
    conditions: ["@tenon/source"],
    charset: "utf8",
  });
  return outputFiles[0]?.text ?? "";
}

describe("the bundle for browsers", async () => {
  const bundle = await bundleForBrowsers("*", "iife");
  // A realm of its own, with nothing of Node: what a browser or a worker offers, and no more.
  const { TextDecoder, TextEncoder, atob, btoa, crypto } = globalThis;
  const context = createContext({ TextDecoder, TextEncoder, atob, btoa, crypto });
  const browser = runInContext(`${bundle}; verifyWebhookPackage`, context) as typeof VerifyWebhook;

  test("is under 4 kB minified and gzipped for a receiver, and under 6 kB with all there is", async () => {
    expect(gzipSync(await bundleForBrowsers("{ verifyWebhook }", "esm")).length).toBeLessThan(4000);
    expect(gzipSync(bundle).length).toBeLessThan(6000);
  });

  test("signs nothing for a receiver: what only signing needs is left out", async () => {
    expect(bundle).toContain("pkcs8");
    expect(await bundleForBrowsers("{ verifyWebhook, checkWebhook }", "esm")).not.toContain("pkcs8");
  });

  test("holds nothing of node:crypto", () => {
    expect(bundle).not.toMatch(/node:|\brequire\b|\bBuffer\b|\bprocess\b/);
  });

  test.each(webhookVectors)("gives the vector's answer: $name", async (vector) => {
    const { body, headers, secrets, options } = receive(vector);
    const result = await browser.checkWebhook(body, headers, secrets, options);
    // By value: the bundle's objects are of another realm.
    expect(JSON.parse(JSON.stringify(result))).toMatchObject(vector.expect);
  });

  test("signs what it verifies, and its errors are recognised by another copy", async () => {
    const { isWebhookVerificationError } = await import("../src/index.js");
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const headers = await browser.signWebhook("{}", { secret });
    expect(JSON.stringify(await browser.verifyWebhook("{}", headers, secret))).toBe("{}");
    const error: unknown = await browser
      .verifyWebhook("[]", headers, secret)
      .catch((thrown: unknown) => thrown);
    expect(error instanceof Error).toBe(false);
    expect(isWebhookVerificationError(error) && error.code).toBe("no_matching_signature");
  });

  test("says what is missing where there is no crypto.subtle, and verifies nothing", async () => {
    const bare = createContext({
      TextDecoder,
      TextEncoder,
      atob,
      btoa,
      crypto: { getRandomValues: () => {} },
    });
    const insecure = runInContext(`${bundle}; verifyWebhookPackage`, bare) as typeof VerifyWebhook;
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const headers = await browser.signWebhook("{}", { secret });
    await expect(insecure.verifyWebhook("{}", headers, secret)).rejects.toMatchObject({
      message: expect.stringContaining("https"),
    });
    expect(await insecure.checkWebhook("{}", headers, secret)).toMatchObject({ ok: false });
  });
});
