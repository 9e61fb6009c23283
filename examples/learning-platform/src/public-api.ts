import { requireApiKey } from "@tenon/adapters-hono";
import type { Tenon } from "@tenon/core";
import { parseInput } from "@tenon/core/http";
import { Hono } from "hono";
import { externalLearning } from "./domain/external-learning.js";
import { findLearner, recordExternalLearning } from "./domain/learners.js";

/** What partners call with their keys: learners of the key's tenant, and no others. */
export function publicApi(tenon: Tenon): Hono {
  const mayReadProgress = requireApiKey(tenon, { scopes: ["READ_LEARNER_PROGRESS"] });
  const mayReadSessions = requireApiKey(tenon, { scopes: ["READ_SESSION_DATA"] });
  const mayReportLearning = requireApiKey(tenon, { scopes: ["WRITE_EXTERNAL_EVENTS"] });

  const app = new Hono();
  app.get("/learners/:learnerId/progress", mayReadProgress, (c) => {
    const learner = findLearner(c.get("tenon").tenantId, c.req.param("learnerId"));
    return learner === undefined ? c.notFound() : c.json(learner.progress);
  });
  app.get("/learners/:learnerId/sessions", mayReadSessions, (c) => {
    const learner = findLearner(c.get("tenon").tenantId, c.req.param("learnerId"));
    if (learner === undefined) return c.notFound();
    const { progress, ...history } = learner;
    return c.json({ learnerId: progress.learnerId, tenantId: progress.tenantId, ...history });
  });
  app.post("/events/external-learning", mayReportLearning, async (c) => {
    const event = parseInput(externalLearning, await c.req.json().catch(() => undefined));
    const recorded = recordExternalLearning(c.get("tenon").tenantId, event);
    return recorded === undefined ? c.notFound() : c.json(recorded, 202);
  });
  return app;
}
