import type { HttpRequestView } from "@tenon/core/http";
import { expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

test("a caller that hangs up before its key was looked up has failed all the same", async () => {
  const { tenon } = createTestKit({ http: { failedAuthentications: { limit: 2, windowSeconds: 60 } } });
  const guard = tenon.http.apiKeyGuard({});
  for (let call = 0; call < 2; call++) {
    let isOpen = true;
    const answer = guard(requestWith(await keyOfAnother(), () => (isOpen ? "203.0.113.7" : undefined)));
    isOpen = false;
    expect(await answer).toMatchObject({ ok: false, reply: { status: 401 } });
  }
  const answer = await guard(requestWith(await keyOfAnother(), () => "203.0.113.7"));
  expect(answer).toMatchObject({ ok: false, reply: { status: 429 } });
});

/** A key of the right form that this kit never issued. */
async function keyOfAnother(): Promise<string> {
  const { tenon } = createTestKit();
  const { secret } = await tenon.apiKeys.create({ tenantId: TENANT, name: "Theirs", scopes: [] });
  return secret.reveal();
}

function requestWith(key: string, connectionAddress: () => string | undefined): HttpRequestView {
  return {
    identity: {},
    notes: new Map(),
    method: "GET",
    url: () => "/",
    headerValues: (name) => (name === "x-api-key" ? [key] : []),
    connectionAddress,
  };
}
