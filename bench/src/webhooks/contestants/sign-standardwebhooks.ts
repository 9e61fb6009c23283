import { Webhook } from "standardwebhooks";
import { SECRET, serveSigning } from "../serve-signing.js";

const webhook = new Webhook(SECRET);

await serveSigning((id, body) => {
  const now = new Date();
  return webhook.verify(body, {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(now.getTime() / 1000)),
    "webhook-signature": webhook.sign(id, now, body),
  });
});
