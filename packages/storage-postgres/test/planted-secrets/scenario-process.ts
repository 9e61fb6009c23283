import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { requireApiKey } from "@tenon/adapters-express";
import { createTenon } from "@tenon/core";
import type { Logger } from "@tenon/core/ports";
import { postgresStorage } from "@tenon/storage-postgres";
import express, { type ErrorRequestHandler } from "express";
import pg from "pg";

/**
 * A host that prints whatever it gets hold of: records, errors with their stacks and causes, replies, log lines. What
 * must not be in any of it goes to the parent by another way.
 */
const TENANT = "acme";
const print = (...values: readonly unknown[]) => {
  for (const value of values) {
    process.stdout.write(`${inspect(value, { depth: 12, showHidden: true })} ${stringify(value)}
`);
  }
};
const record = (fields: object, message: string) =>
  void process.stderr.write(`${message} ${inspect(fields, { depth: 12 })}
`);
const logger: Logger = { debug: record, info: record, warn: record, error: record };

const connectionString = process.env.DATABASE_URL;
const pool = new pg.Pool({ connectionString, max: 4 });
const deadPool = new pg.Pool({ connectionString: "postgres://nobody:nothing@127.0.0.1:1/none" });
const vaultKeys = [{ id: "test", key: Buffer.alloc(32, 3).toString("base64") }];
const transport = {
  check: () => ({ ok: true }) as const,
  request: async () => ({ ok: false, failure: "connect", message: "refused" }) as const,
};
const listen = () => new pg.Client({ connectionString });
const kit = (storage = postgresStorage({ pool, listen })) =>
  createTenon({ storage, vaultKeys, transport, logger });
const tenon = kit();
const cutOff = kit(postgresStorage({ pool: deadPool }));
await tenon.start();

const settings = { tenantId: TENANT, scopes: ["posts:read"] };
const limits = [{ name: "hour", limit: 3, windowSeconds: 3_600 }];
const good = await tenon.apiKeys.create({ ...settings, name: "Good", limits });
const revoked = await tenon.apiKeys.create({ ...settings, name: "Revoked" });
const forged = await createTenon({ storage: postgresStorage({ pool: deadPool }) })
  .apiKeys.create({ ...settings, name: "Never stored" })
  .catch((error: unknown) => error);
const endpoint = await tenon.endpoints.create({
  tenantId: TENANT,
  url: "https://partner.example/hooks",
  eventTypes: ["*"],
});
await tenon.apiKeys.revoke({ tenantId: TENANT, keyId: revoked.id });
print(good, revoked, forged, endpoint, tenon, `${good.secret}`, { nested: [good.secret, endpoint.secret] });
print(
  await tenon.apiKeys.get({ tenantId: TENANT, keyId: good.id }),
  await tenon.apiKeys.list({ tenantId: TENANT }),
);

const app = express();
app.get("/posts", requireApiKey(tenon, { scopes: ["posts:read"] }), (request, response) => {
  print(request.tenon);
  response.json({ ok: true });
});
app.get("/forbidden", requireApiKey(tenon, { scopes: ["posts:write"] }));
app.get("/broken", requireApiKey(tenon), (request) => {
  throw new Error(`the host's own mistake, with ${inspect(request.tenon, { depth: 12 })}`);
});
app.get("/cut-off", requireApiKey(cutOff));
app.use(((error, _request, response, _next) => {
  print(error, error instanceof Error ? [error.stack, error.cause] : []);
  response.status(500).json({ error: String(error) });
}) satisfies ErrorRequestHandler);
const server = createServer(app).listen(0, "127.0.0.1", async () => {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [text, typo] = [good.secret.reveal(), changeEnd(good.secret.reveal())];
  for (const path of ["/posts", "/forbidden", "/broken", "/cut-off"]) {
    for (const key of [text, revoked.secret.reveal(), typo, `${text}${text}`, ""]) {
      for (const headers of [{ authorization: `Bearer ${key}` }, { "x-api-key": key }]) {
        const response = await fetch(base + path, { headers });
        print(response.status, [...response.headers], await response.text());
      }
    }
    const response = await fetch(`${base}${path}?api_key=${text}`);
    print(response.status, [...response.headers], await response.text());
  }
  await faults(text);
  await tenon.webhooks.publish({ tenantId: TENANT, type: "post.published", data: { postId: "p1" } });
  await tenon.webhooks.runOnce({ slots: 1 });
  print(await tenon.apiKeys.usage({ tenantId: TENANT, keyId: good.id }));
  await tenon.close();
  await cutOff.close();
  process.send?.({
    planted: [text, revoked.secret.reveal(), endpoint.secret.reveal()],
    known: [good.id, endpoint.id],
  });
  server.closeAllConnections();
  server.close();
  await pool.end();
  process.disconnect();
});

/** Mistakes a host can make with a key's text at hand. */
async function faults(text: string): Promise<void> {
  const attempts: readonly (() => Promise<unknown>)[] = [
    () => cutOff.apiKeys.authenticate({ key: text }),
    () => tenon.apiKeys.authenticate({ key: text, scopes: ["posts:write"] }),
    () => tenon.apiKeys.authenticate({ key: [text] as unknown as string }),
    () => tenon.apiKeys.get({ tenantId: TENANT, keyId: "key_0" }),
    () => tenon.apiKeys.create({ ...settings, name: "Bad", scopes: ["not a scope"] }),
    () => tenon.within(pool).apiKeys.get({ tenantId: TENANT, keyId: good.id }),
  ];
  for (const attempt of attempts) {
    try {
      print(await attempt());
    } catch (error) {
      print(error, String(error), error instanceof Error && error.stack);
    }
  }
}

function changeEnd(text: string): string {
  return text.slice(0, -1) + (text.endsWith("0") ? "1" : "0");
}

function stringify(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch (error) {
    return String(error);
  }
}
