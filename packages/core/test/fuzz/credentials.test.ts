import type { HttpRequestView } from "@tenon/core/http";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { createTestKit, TENANT } from "../kit.js";
import { FUZZ_RUNS, FUZZ_TIMEOUT_MS, hostileText, mutationsOf } from "./hostile-text.js";

vi.setConfig({ testTimeout: FUZZ_TIMEOUT_MS });

const NAMES = ["authorization", "x-api-key", "x-acme-key", "cookie", "x-forwarded-for"] as const;

function requestWith(headers: Readonly<Record<string, readonly string[]>>, url: string): HttpRequestView {
  return {
    identity: {},
    notes: new Map(),
    method: "GET",
    url: () => url,
    headerValues: (name) => headers[name] ?? [],
    connectionAddress: () => "198.51.100.7",
  };
}

test("a request passes only with an issued key, whole, in a place for keys; and none throws", async () => {
  const { tenon } = createTestKit({
    http: {
      credentials: [{ kind: "bearer" }, { kind: "header", name: "X-Acme-Key" }],
      failedAuthentications: false,
    },
    doctor: false,
  });
  const { secret } = await tenon.apiKeys.create({ tenantId: TENANT, name: "Zapier", scopes: [] });
  const issued = secret.reveal();
  const guard = tenon.http.apiKeyGuard({});

  const text = fc.oneof(fc.constant(issued), mutationsOf(issued), hostileText);
  const scheme = fc.constantFrom(
    "",
    "Bearer ",
    "bearer   ",
    "BEARER\t",
    "Basic ",
    "Bearer",
    "Bearer,",
    "Bearer Bearer ",
  );
  const value = fc
    .tuple(scheme, text, fc.constantFrom("", " ", ",", ", x", "\n"))
    .map((parts) => parts.join(""));
  const headers = fc.record(
    Object.fromEntries(NAMES.map((name) => [name, fc.array(value, { maxLength: 2 })])),
    { requiredKeys: [] },
  );

  /** The texts that stand where a key may stand. */
  const presented = ({ authorization = [], "x-acme-key": own = [] }: Record<string, readonly string[]>) =>
    [
      ...authorization
        .flatMap((header) => header.split(","))
        .map((part) => /^\s*bearer +(.*)$/is.exec(part)?.[1] ?? ""),
      ...own.flatMap((header) => header.split(",")),
    ].map((part) => part.trim());

  await fc.assert(
    fc.asyncProperty(headers, text, async (given, inQuery) => {
      const decision = await guard(
        requestWith(given as Record<string, string[]>, `/posts?api_key=${inQuery}`),
      );
      if (decision?.ok === false) {
        expect([400, 401]).toContain(decision.reply.status);
        expect(JSON.stringify(decision.reply)).not.toContain(issued);
      } else expect(presented(given as Record<string, string[]>)).toContain(issued);
    }),
    { numRuns: FUZZ_RUNS },
  );
});
