import { z } from "zod";
import { findPeriodProblems } from "../../../input/whole-periods.js";
import { statisticsInput } from "../../../webhooks/schemas.js";
import type { EndpointFigures } from "../../../webhooks/statistics.js";
import { defineRoute, type Route } from "../route.js";
import { id, instant, instantInput } from "./fields.js";

const figures = {
  attempts: z.object({ succeeded: z.int(), failed: z.int() }),
  deliveries: z.object({ succeeded: z.int(), exhausted: z.int() }),
  successRate: z.number().nullable(),
  latencyMs: z.object({ p50: z.number(), p95: z.number() }).nullable(),
  failures: z.record(z.string(), z.int()),
};

const statistics = defineRoute({
  resource: "endpoints",
  name: "statistics",
  method: "GET",
  path: "/:endpointId/statistics",
  permission: "webhooks:read",
  params: z.strictObject({ endpointId: id }),
  query: z.strictObject({
    from: instantInput.optional(),
    to: instantInput.optional(),
    granularity: statisticsInput.shape.granularity,
  }),
  body: undefined,
  status: 200,
  reply: {
    kind: "item",
    schema: z.object({
      periods: z.array(z.object({ startsAt: instant, ...figures })),
      total: z.object(figures),
    }),
  },
  summary: "Show how a webhook endpoint fared, by hour or day.",
  findProblems: ({ input }) => findPeriodProblems(input.query),
  async handle({ input, principal, services }) {
    const { periods, total } = await services.endpoints.statistics({
      ...input.query,
      tenantId: principal.tenantId,
      ...input.params,
    });
    return {
      periods: periods.map(({ startsAt, ...period }) => ({
        startsAt: startsAt.toISOString(),
        ...showFigures(period),
      })),
      total: showFigures(total),
    };
  },
});

export const endpointStatisticsRoutes: readonly Route[] = [statistics];

function showFigures(figures: EndpointFigures) {
  const { attempts, deliveries, successRate = null, latencyMs = null, failures } = figures;
  return { attempts, deliveries, successRate, latencyMs, failures };
}
