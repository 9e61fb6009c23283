import { SECRET_BYTES, serveSigning } from "../serve-signing.js";

const algorithm = { name: "HMAC", hash: "SHA-256" };
const encoder = new TextEncoder();
const key = await crypto.subtle.importKey("raw", SECRET_BYTES, algorithm, false, ["sign", "verify"]);

await serveSigning(async (id, body) => {
  const content = encoder.encode(`${id}.${Math.floor(Date.now() / 1000)}.${body}`);
  const signature = Buffer.from(await crypto.subtle.sign("HMAC", key, content)).toString("base64");
  const given = Buffer.from(signature, "base64");
  if (!(await crypto.subtle.verify("HMAC", key, given, content))) throw new Error("forged");
  return JSON.parse(body);
});
