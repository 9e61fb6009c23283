import { checkWebhook } from "@tenon/verify-webhook";
import { slack, stripe } from "@tenon/verify-webhook/providers";

export async function receiveStripe(request: Request, secret: string): Promise<Response> {
  const body = await request.arrayBuffer();
  const result = await checkWebhook(body, request.headers, secret, { profiles: stripe });
  return result.ok ? Response.json(result.event) : new Response(result.code, { status: 400 });
}

export async function receiveSlackCommand(request: Request, signingSecret: string): Promise<Response> {
  const body = await request.arrayBuffer();
  const parse = (text: string) => Object.fromEntries(new URLSearchParams(text));
  const result = await checkWebhook(body, request.headers, signingSecret, { profiles: slack, parse });
  return result.ok ? Response.json(result.event) : new Response(result.code, { status: 401 });
}
