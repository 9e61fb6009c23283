import { Webhook } from "svix";
import { SECRET, serveSigning } from "../serve-signing.js";

const webhook = new Webhook(SECRET);

await serveSigning((id, body) => {
  const now = new Date();
  return webhook.verify(body, {
    "svix-id": id,
    "svix-timestamp": String(Math.floor(now.getTime() / 1000)),
    "svix-signature": webhook.sign(id, now, body),
  });
});
