import { createHmac } from "node:crypto";

/** Signs as the Standard Webhooks specification says, without any of Tenon's code. */
export function signStandardWebhook(
  body: string | Uint8Array,
  {
    secret,
    id = "msg_1",
    sentAt = new Date(),
  }: { readonly secret: string; readonly id?: string; readonly sentAt?: Date },
): readonly (readonly [string, string])[] {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.`).update(body).digest("base64");
  return [
    ["webhook-id", id],
    ["webhook-timestamp", timestamp],
    ["webhook-signature", `v1,${signature}`],
  ];
}
