import { startHost } from "./host.js";
import { startPartner } from "./partner.js";
import { expectEqual, showStep, waitUntil } from "./steps.js";

const TENANT = "acme";
const FAILURES = 2;

const host = await startHost();
const partner = await startPartner({ failures: FAILURES });
const { tenon } = host;

async function call(method: string, path: string, key?: string, body?: unknown): Promise<Response> {
  return fetch(host.url + path, {
    method,
    headers: {
      "content-type": "application/json",
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

async function expectAnswer(expected: number, answering: Promise<Response>): Promise<string> {
  const response = await answering;
  const body = (await response.json()) as { detail?: string };
  expectEqual("status", response.status, expected);
  return `${response.status} ${body.detail ?? JSON.stringify(body)}`;
}

console.log("\nTenon, in an Express host with embedded Postgres\n");

const reader = await tenon.apiKeys.create({
  tenantId: TENANT,
  name: "Reporting",
  scopes: ["posts:read"],
  limits: [{ name: "hour", limit: 3, windowSeconds: 3_600 }],
});
const writer = await tenon.apiKeys.create({
  tenantId: TENANT,
  name: "Zapier",
  scopes: ["posts:read", "posts:write"],
});
const readerKey = reader.secret.reveal();
const writerKey = writer.secret.reveal();

await showStep("An API key is created; its text is shown once", async () => {
  expectEqual("a key as JSON", JSON.parse(JSON.stringify(reader)).secret, "[secret]");
  return `${reader.start}…  scopes ${reader.scopes.join(" ")}, at most 3 calls an hour`;
});
await showStep("A call without a key", () => expectAnswer(401, call("GET", "/posts")));
await showStep("A call with a forged key", () => {
  const forged = readerKey.slice(0, -1) + (readerKey.endsWith("0") ? "1" : "0");
  return expectAnswer(401, call("GET", "/posts", forged));
});
await showStep("A call with too narrow a scope", () =>
  expectAnswer(403, call("POST", "/posts", readerKey, { title: "No" })),
);
await showStep("A good call", () => expectAnswer(200, call("GET", "/posts", readerKey)));
await showStep("Over the limit of 3 an hour: the fourth good call", async () => {
  await expectAnswer(200, call("GET", "/posts", readerKey));
  await expectAnswer(200, call("GET", "/posts", readerKey));
  return expectAnswer(429, call("GET", "/posts", readerKey));
});

const endpoint = await tenon.endpoints.create({
  tenantId: TENANT,
  url: partner.url,
  eventTypes: ["post.*"],
  retrySchedule: { kind: "list", delaysSeconds: [0, 0.2, 0.2] },
});
partner.configure(endpoint.secret.reveal());

await showStep("A partner's webhook endpoint is registered", async () => `${endpoint.url} for post.*`);
await showStep("A transaction publishes, then rolls back", () =>
  expectAnswer(500, call("POST", "/posts", writerKey, { title: "Draft", failAfterPublishing: true })),
);
await showStep("A transaction publishes, and commits", () =>
  expectAnswer(201, call("POST", "/posts", writerKey, { title: "Hello" })),
);
await showStep("The receiver fails twice, then takes it", async () => {
  await waitUntil("the delivery to succeed", async () => {
    const { items } = await tenon.deliveries.list({ tenantId: TENANT });
    return items.some(({ state }) => state === "succeeded");
  });
  expectEqual(
    "answers",
    partner.arrivals.map(({ answer }) => answer),
    [500, 500, 204],
  );
  expectEqual("different ids", new Set(partner.arrivals.map(({ webhookId }) => webhookId)).size, 1);
  return partner.arrivals.map(({ webhookId, answer }) => `${webhookId} → ${answer}`).join("\n     ");
});
await showStep("Verified by @tenon/verify-webhook and by standardwebhooks", async () => {
  const event = partner.arrivals.at(-1)?.event as { type: string; data: unknown };
  expectEqual("type", event.type, "post.published");
  return JSON.stringify(event);
});
await showStep("What was rolled back never left", async () => {
  const { items: messages } = await tenon.messages.list({ tenantId: TENANT });
  const { items: deliveries } = await tenon.deliveries.list({ tenantId: TENANT });
  expectEqual("messages", messages.length, 1);
  expectEqual("deliveries", deliveries.length, 1);
  return "1 message and 1 delivery are stored; the rolled-back post left neither";
});

if (process.argv.includes("--serve")) {
  console.log(`
Still running. Try it by hand (Ctrl+C ends it):

  curl -i ${host.url}/posts
  curl -i ${host.url}/posts -H "Authorization: Bearer ${writerKey}"
  curl -i ${host.url}/posts -H "Authorization: Bearer ${writerKey}" -H "Content-Type: application/json" -d '{"title":"Mine"}'

The partner's receiver listens on ${partner.url} and answers what it could verify with 204.
`);
  process.once("SIGINT", () => void close());
  process.once("SIGTERM", () => void close());
} else {
  await close();
  console.log(
    "\nAll of it went as told. `npx -y pnpm@10 quickstart --serve` leaves it running to try by hand.\n",
  );
}

async function close(): Promise<void> {
  await host.close();
  await partner.close();
}
