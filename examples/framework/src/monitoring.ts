import type { Tenon } from "@tenon/core";
import { presentWebhook } from "./facade.js";

const ALARMING_ERROR_RATE = 0.1;
const MOST_WEBHOOKS = 100;

/** How a tenant's webhooks fared in the last 24 hours, how many deliveries wait for a retry, and what was done lately. */
export async function readIntegrations(tenon: Tenon, tenantId: string) {
  const [webhooks, { count: retryQueueDepth }, { items: activity }] = await Promise.all([
    readWebhooks(tenon, tenantId),
    tenon.deliveries.count({ tenantId, state: "retrying" }),
    tenon.audit.list({ tenantId, limit: 10 }),
  ]);
  const succeeded = webhooks.reduce((sum, { attempts }) => sum + attempts.succeeded, 0);
  const failed = webhooks.reduce((sum, { attempts }) => sum + attempts.failed, 0);
  return { ...ratesOf({ succeeded, failed }), retryQueueDepth, webhooks, activity };
}

/** What needs somebody's attention: of the process, and of a tenant's webhooks. */
export async function readAlerts(tenon: Tenon, tenantId: string) {
  const [{ checks }, webhooks] = await Promise.all([tenon.ready(), readWebhooks(tenon, tenantId)]);
  const unwell = Object.entries(checks).filter(([, { ok }]) => !ok);
  const failing = webhooks.filter(({ errorRate }) => errorRate > ALARMING_ERROR_RATE);
  return { unwell: Object.fromEntries(unwell), failing };
}

async function readWebhooks({ endpoints }: Tenon, tenantId: string) {
  const { items } = await endpoints.list({ tenantId, limit: MOST_WEBHOOKS });
  return Promise.all(
    items.map(async (endpoint) => {
      const { id: endpointId, failingSince, disabledReason } = endpoint;
      const { total } = await endpoints.statistics({ tenantId, endpointId });
      return {
        ...presentWebhook(endpoint),
        failingSince,
        disabledReason,
        ...total,
        ...ratesOf(total.attempts),
      };
    }),
  );
}

/** Where nothing was sent, nothing failed. */
function ratesOf({ succeeded, failed }: { readonly succeeded: number; readonly failed: number }) {
  const all = Math.max(succeeded + failed, 1);
  return { successRate: (all - failed) / all, errorRate: failed / all };
}
