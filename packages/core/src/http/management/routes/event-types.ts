import { z } from "zod";
import type { EventType } from "../../../webhooks/event-type-service.js";
import { defineRoute, type Route } from "../route.js";
import { schemaNames } from "../schema-names.js";
import { jsonObject, noParams, noQuery } from "./fields.js";

const resource = "eventTypes";

const eventTypeBody = z
  .object({
    type: z.string(),
    description: z.string().nullable(),
    jsonSchema: jsonObject.nullable(),
  })
  .register(schemaNames, { name: "EventType" });

const list = defineRoute({
  resource,
  name: "list",
  method: "GET",
  path: "",
  permission: "webhooks:read",
  params: noParams,
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "list", schema: eventTypeBody },
  summary: "List the types of events there are.",
  handle: async ({ reads }) => ({
    items: reads.eventTypes.list().map(showEventType),
    nextCursor: undefined,
  }),
});

const get = defineRoute({
  resource,
  name: "get",
  method: "GET",
  path: "/:type",
  permission: "webhooks:read",
  params: z.strictObject({ type: z.string().max(128) }),
  query: noQuery,
  body: undefined,
  status: 200,
  reply: { kind: "item", schema: eventTypeBody },
  summary: "Read a type of event, with what its data looks like.",
  handle: async ({ input, reads }) => showEventType(reads.eventTypes.get(input.params)),
});

export const eventTypeRoutes: readonly Route[] = [list, get];

function showEventType({ type, description, jsonSchema }: EventType): z.output<typeof eventTypeBody> {
  return { type, description: description ?? null, jsonSchema: jsonSchema ?? null };
}
