import { signWebhook, verifyWebhook } from "@tenon/verify-webhook";
import { SECRET, serveSigning } from "../serve-signing.js";

await serveSigning(async (id, body) => {
  const headers = await signWebhook(body, { secret: SECRET, id, timestamp: new Date() });
  return verifyWebhook(body, headers, SECRET);
});
