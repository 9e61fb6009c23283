import { register } from "node:module";
import { SECRET, serveSigning } from "../serve-signing.js";

// The file that browsers and workers get, in Node: the same code on `crypto.subtle`.
const hooks = `export async function resolve(name, context, next) {
  const found = await next(name, context);
  return { ...found, url: found.url.replace("/crypto.node.js", "/crypto.web.js") };
}`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
const { signWebhook, verifyWebhook } = await import("@tenon/verify-webhook");

await serveSigning(async (id, body) => {
  const headers = await signWebhook(body, { secret: SECRET, id, timestamp: new Date() });
  return verifyWebhook(body, headers, SECRET);
});
