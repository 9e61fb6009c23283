import { isWebhookVerificationError, verifyWebhook } from "@tenon/verify-webhook";
import { Hono } from "hono";
import { z } from "zod";

const PostPublished = z.object({ type: z.literal("post.published"), data: z.object({ postId: z.string() }) });

export async function receiveWebhook(request: Request, secrets: string[]): Promise<Response> {
  try {
    const body = await request.arrayBuffer();
    const event = await verifyWebhook(body, request.headers, secrets, { schema: PostPublished });
    return Response.json({ received: event.data.postId });
  } catch (error) {
    if (!isWebhookVerificationError(error)) throw error;
    return new Response(error.code, { status: 400 });
  }
}

export const app = new Hono<{ Bindings: { WEBHOOK_SECRET: string } }>();
app.post("/webhooks", (c) => receiveWebhook(c.req.raw, [c.env.WEBHOOK_SECRET]));
