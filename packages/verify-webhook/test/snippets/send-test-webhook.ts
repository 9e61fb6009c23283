import { signWebhook } from "@tenon/verify-webhook";

export async function sendTestWebhook(url: string, secret: string): Promise<Response> {
  const body = JSON.stringify({ type: "post.published", data: { postId: "42" } });
  const headers = await signWebhook(body, { secret });
  return fetch(url, { method: "POST", body, headers });
}
