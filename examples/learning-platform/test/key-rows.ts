import { expect } from "vitest";
import type { PlatformBench } from "./platform-bench.js";

const TENANT = "tenant-456";
const PROGRESS = "/public/learners/learner-123/progress";
const SESSIONS = "/public/learners/learner-123/sessions";
const EXTERNAL_LEARNING = "/public/events/external-learning";

const learning = {
  learnerId: "learner-123",
  sourceSystem: "khan-academy",
  eventType: "content_completed",
  contentId: "algebra-101",
  contentTitle: "Introduction to Algebra",
  durationSeconds: 1800,
  score: 0.85,
  occurredAt: "2024-06-01T09:00:00Z",
  metadata: { exerciseCount: 10, hintsUsed: 2 },
};

type Row = (bench: PlatformBench) => Promise<void>;

/** Rows 1 to 14: keys, scopes, limits and what partners call. */
export const keyRows: Readonly<Record<string, Row>> = {
  async "1: a key is created, and its text is shown"({ admin }) {
    const body = { name: "District", scopes: ["READ_LEARNER_PROGRESS"] };
    const { status, json } = await admin(TENANT)("POST", "/admin/api-keys", { body });
    expect(status).toBe(201);
    expect(json).toMatchObject({ ...body, id: expect.any(String), rateLimitPerHour: 1000, expiresAt: null });
    expect(json.key).toMatch(/^aivo_[0-9A-Za-z]{32}$/);
    expect(json.createdAt).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  },

  async "2: keys are listed by their beginnings, without text or hash"({ admin }) {
    const call = admin(TENANT);
    const created = await call("POST", "/admin/api-keys", {
      body: { name: "Listed", scopes: ["READ_SESSION_DATA"] },
    });
    const { key, ...shown } = created.json;
    const { status, items, text } = await call("GET", "/admin/api-keys");
    expect(status).toBe(200);
    expect(items.find(({ id }) => id === shown.id)).toEqual(shown);
    expect(String(key).startsWith(String(shown.prefix))).toBe(true);
    expect(String(shown.prefix)).toMatch(/^aivo_.{4}$/);
    expect(text).not.toContain(String(key));
    expect(text).not.toMatch(/hash/i);
  },

  async "3: a call without a key is answered 401"({ call }) {
    expect((await call("GET", PROGRESS)).status).toBe(401);
  },

  async "4: a call with a key that doesn't exist is answered 401"({ call }) {
    const headers = { "x-aivo-api-key": `aivo_${"wrong".repeat(6)}ab` };
    expect((await call("GET", PROGRESS, { headers })).status).toBe(401);
  },

  async "5: a key reads the progress of its own tenant's learner"({ partner }) {
    const { status, json } = await (await partner(TENANT, "READ_LEARNER_PROGRESS"))("GET", PROGRESS);
    expect(status).toBe(200);
    expect(json).toEqual({
      learnerId: "learner-123",
      tenantId: TENANT,
      overallMastery: 0.75,
      skillMastery: { algebra: 0.82, geometry: 0.68 },
      totalSessions: 45,
      totalTimeMinutes: 1350,
      lastActiveAt: "2024-06-01T10:30:00Z",
    });
  },

  async "6: a key in any other header is no key"({ admin, call }) {
    const body = { name: "Elsewhere", scopes: ["READ_LEARNER_PROGRESS"] };
    const key = String((await admin(TENANT)("POST", "/admin/api-keys", { body })).json.key);
    const right = await call("GET", PROGRESS, { headers: { "x-aivo-api-key": key } });
    expect(right.status).toBe(200);
    for (const headers of [{ authorization: `Bearer ${key}` }, { "x-api-key": key }]) {
      expect((await call("GET", PROGRESS, { headers })).status).toBe(401);
    }
  },

  async "7: a key without the scope is answered 403"({ partner }) {
    expect((await (await partner(TENANT, "READ_LEARNER_PROGRESS"))("GET", SESSIONS)).status).toBe(403);
  },

  async "8: a key with the scope reads the session history"({ partner }) {
    const { status, json } = await (await partner(TENANT, "READ_SESSION_DATA"))("GET", SESSIONS);
    expect(status).toBe(200);
    expect(json).toMatchObject({ learnerId: "learner-123", tenantId: TENANT });
    expect(json.sessions).toContainEqual(expect.objectContaining({ sessionId: "session-1" }));
  },

  async "9: learning reported from elsewhere reaches the platform with all nine fields"({ partner }) {
    const call = await partner(TENANT, "WRITE_EXTERNAL_EVENTS", "READ_SESSION_DATA");
    const { status, json } = await call("POST", EXTERNAL_LEARNING, { body: learning });
    expect(status).toBe(202);
    const { externalLearning } = (await call("GET", SESSIONS)).json;
    expect(externalLearning).toContainEqual({ id: json.id, ...learning });
  },

  async "10: a report that can't be is answered 400, and nothing is kept of it"({ partner }) {
    const call = await partner(TENANT, "WRITE_EXTERNAL_EVENTS", "READ_SESSION_DATA");
    const before = (await call("GET", SESSIONS)).text;
    const { learnerId: _, ...anonymous } = learning;
    for (const body of [anonymous, { ...learning, score: 2 }, { ...learning, occurredAt: "yesterday" }]) {
      expect((await call("POST", EXTERNAL_LEARNING, { body })).status).toBe(400);
    }
    expect((await call("GET", SESSIONS)).text).toBe(before);
  },

  async "11: a report with another scope is answered 403"({ partner }) {
    const call = await partner(TENANT, "READ_LEARNER_PROGRESS", "READ_SESSION_DATA");
    expect((await call("POST", EXTERNAL_LEARNING, { body: learning })).status).toBe(403);
  },

  async "12: the call after the last of the hour is answered 429"({ admin, call }) {
    const body = { name: "Small", scopes: ["READ_LEARNER_PROGRESS"], rateLimitPerHour: 3 };
    const { json } = await admin(TENANT)("POST", "/admin/api-keys", { body });
    expect(json.rateLimitPerHour).toBe(3);
    const headers = { "x-aivo-api-key": String(json.key) };
    for (const status of [200, 200, 200, 429]) {
      expect((await call("GET", PROGRESS, { headers })).status).toBe(status);
    }
  },

  async "13: another tenant's learner is answered 404, without data"({ partner }) {
    const call = await partner("tenant-789", "READ_LEARNER_PROGRESS", "WRITE_EXTERNAL_EVENTS");
    const reply = await call("GET", PROGRESS);
    expect(reply.status).toBe(404);
    expect(reply.text).not.toContain("algebra");
    expect((await call("POST", EXTERNAL_LEARNING, { body: learning })).status).toBe(404);
    expect((await call("GET", "/public/learners/learner-900/progress")).status).toBe(200);
  },

  async "14: a revoked key is refused at the next call"({ admin, call }) {
    const body = { name: "Gone", scopes: ["READ_LEARNER_PROGRESS"] };
    const { json } = await admin(TENANT)("POST", "/admin/api-keys", { body });
    const headers = { "x-aivo-api-key": String(json.key) };
    expect((await call("GET", PROGRESS, { headers })).status).toBe(200);
    expect((await admin(TENANT)("DELETE", `/admin/api-keys/${json.id}`)).status).toBe(204);
    expect((await call("GET", PROGRESS, { headers })).status).toBe(401);
  },
};
