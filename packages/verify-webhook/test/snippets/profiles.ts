import { checkWebhook, type SignatureProfile, standardWebhooks } from "@tenon/verify-webhook";

const legacy = {
  headers: { timestamp: "x-example-timestamp", signature: "x-example-signature" },
  content: "{timestamp}.{body}",
  timestampUnit: "milliseconds",
  encoding: "hex",
  prefix: "sha256=",
  key: "utf8",
} as const satisfies SignatureProfile;

export async function receiveEither(request: Request, secret: string): Promise<Response> {
  const body = await request.arrayBuffer();
  const result = await checkWebhook(body, request.headers, secret, { profiles: [standardWebhooks, legacy] });
  if (!result.ok) return new Response(result.code, { status: 400 });
  return Response.json({ isLegacy: result.profile === legacy, event: result.event });
}
