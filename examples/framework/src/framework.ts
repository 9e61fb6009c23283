import { createTenon, type TenonConfig } from "@tenon/core";
import { nodeTransport } from "@tenon/transport-node";
import { standardWebhooks } from "@tenon/verify-webhook";
import { createFacade } from "./facade.js";
import type { Settings } from "./settings.js";

/** Beside Standard Webhooks' own header, for receivers that know no standard: the body's HMAC-SHA256 in hex. */
const plainHex = {
  headers: { signature: "x-webhook-signature" },
  content: "{body}",
  encoding: "hex",
  prefix: "",
  key: "utf8",
} as const;

export type Framework = ReturnType<typeof createFramework>;

/** The integration framework: what hosts call and mount, made of Tenon. */
export function createFramework(
  parts: Pick<TenonConfig, "storage" | "limits" | "clock">,
  { maxRetries, retryDelayMs, backoffFactor, timeoutMs, ...settings }: Settings,
) {
  const tenon = createTenon({
    ...parts,
    vaultKeys: [{ id: "1", key: settings.vaultKey.reveal() }],
    apiKeys: {
      // The underscore after it is Tenon's own.
      prefix: settings.keyPrefix.replace(/_$/, ""),
      environments: [],
      defaultLifetimeSeconds: settings.keyLifetimeSeconds,
    },
    transport: nodeTransport(settings.isDemo ? { development: { loopback: true } } : {}),
    webhooks: {
      envelope: ({ type, timestamp, data }) => ({ event: type, timestamp: timestamp.toISOString(), data }),
      signatureProfiles: [standardWebhooks, plainHex],
      retrySchedule: {
        kind: "exponential",
        baseSeconds: retryDelayMs / 1000,
        factor: backoffFactor,
        maxSeconds: 86_400,
        attempts: maxRetries + 1,
      },
      timeoutMs,
    },
    logger: console,
  });
  const facade = createFacade(tenon, settings.webhookSecret.reveal());
  tenon.on("webhook.failed", (failure) =>
    facade.loggingService.info("Webhook delivery failed", {
      action: failure.type,
      status: "failure",
      ...failure,
    }),
  );
  return { tenon, ...facade };
}
