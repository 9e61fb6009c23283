import { SECRET_BYTES, serveSigning } from "../serve-signing.js";

const TOLERANCE_SECONDS = 300;

const algorithm = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();
const key = await crypto.subtle.importKey("raw", SECRET_BYTES, algorithm, false, ["sign", "verify"]);

await serveSigning(async (id, body) => {
  const headers = await sign(id, body, Math.floor(Date.now() / 1000));
  return verify(body, headers);
});

async function sign(id: string, body: string, timestamp: number) {
  const mac = await crypto.subtle.sign("HMAC", key, contentOf(id, String(timestamp), body));
  return {
    "webhook-id": id,
    "webhook-timestamp": String(timestamp),
    "webhook-signature": `v1,${Buffer.from(mac).toString("base64")}`,
  };
}

async function verify(body: string, headers: Awaited<ReturnType<typeof sign>>): Promise<unknown> {
  const timestamp = headers["webhook-timestamp"];
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > TOLERANCE_SECONDS) throw new Error("too old");
  const given = Buffer.from(headers["webhook-signature"].slice(3), "base64");
  const content = contentOf(headers["webhook-id"], timestamp, body);
  if (!(await crypto.subtle.verify("HMAC", key, given, content))) throw new Error("forged");
  return JSON.parse(body);
}

/** What is signed, which a receiver has to put together anew: the sender is another process. */
function contentOf(id: string, timestamp: string, body: string): Uint8Array {
  return encoder.encode(`${id}.${timestamp}.${body}`);
}
