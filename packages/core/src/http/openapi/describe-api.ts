import type { z } from "zod";
import type { EventType } from "../../webhooks/event-type-service.js";
import type { PresentedRoute } from "../management/presentation/present-routes.js";
import type { ReplyPresentation } from "../management/presentation/presentation.js";
import type { RefuseManagement } from "../management/replies/management-refusal.js";
import { schemaNames } from "../management/schema-names.js";
import type { OpenApiDocument, PathItemObject } from "./document.js";
import { describeErrorReplies } from "./operations/error-replies.js";
import { REPLY_HEADERS } from "./operations/headers.js";
import { describeOperation } from "./operations/operation.js";
import { pathTemplate, REQUEST_HEADERS } from "./operations/parameters.js";
import { RESOURCE_TAGS } from "./operations/tags.js";
import type { OpenApiSettings } from "./options.js";
import { type ComponentSchemas, createComponentSchemas } from "./schemas/component-schemas.js";
import { describeWebhooks, EVENTS_TAG, type WebhookFormat } from "./webhooks/describe-webhooks.js";

/** What of an API there is to describe. */
export interface DescribedApi {
  readonly routes: readonly PresentedRoute[];
  readonly replies: ReplyPresentation;
  readonly refuse: RefuseManagement;
  /** Whether the host writes refusals by a renderer of its own. */
  readonly isRendered: boolean;
  readonly eventTypes: readonly EventType[];
  readonly webhooks: WebhookFormat;
}

/** Describes an API as its callers see it: the host's own paths, names and words. */
export function describeApi(
  { routes, replies, refuse, isRendered, eventTypes, webhooks }: DescribedApi,
  { title, version, description, servers = [{ url: "/" }], securitySchemes }: OpenApiSettings,
): OpenApiDocument {
  const components = createComponentSchemas(presentedNames(routes));
  const responses = describeErrorReplies(refuse, isRendered, components);
  const paths = describePaths(routes, replies, components);
  const events = describeWebhooks(eventTypes, webhooks, components);
  const hasEvents = eventTypes.length > 0;
  const resources = [...new Set(routes.map(({ route }) => route.resource))];
  return {
    openapi: "3.1.1",
    info: { title, version, ...(description === undefined ? {} : { description }) },
    servers,
    tags: [...resources.map((resource) => RESOURCE_TAGS[resource]), ...(hasEvents ? [EVENTS_TAG] : [])],
    security: Object.keys(securitySchemes).map((name) => ({ [name]: [] })),
    paths,
    ...(hasEvents ? { webhooks: events } : {}),
    components: {
      schemas: components.all(),
      parameters: REQUEST_HEADERS,
      headers: REPLY_HEADERS,
      responses,
      securitySchemes,
    },
  };
}

function describePaths(
  routes: readonly PresentedRoute[],
  replies: ReplyPresentation,
  components: ComponentSchemas,
): Readonly<Record<string, PathItemObject>> {
  const paths: Record<string, PathItemObject> = {};
  for (const presented of routes) {
    const path = pathTemplate(presented.template);
    const operation = describeOperation(presented, replies, components);
    paths[path] = { ...paths[path], [presented.method.toLowerCase()]: operation };
  }
  return paths;
}

/** A presented form of a schema keeps its name. */
function presentedNames(routes: readonly PresentedRoute[]): ReadonlyMap<z.ZodType, string> {
  const names = new Map<z.ZodType, string>();
  const add = (presented: z.ZodType | undefined, own: z.ZodType | undefined) => {
    const name = own && schemaNames.get(own)?.name;
    if (presented !== undefined && name !== undefined) names.set(presented, name);
  };
  for (const { route, body, item } of routes) {
    add(body?.schema, route.body);
    add(item?.schema, route.reply.kind === "none" ? undefined : route.reply.schema);
  }
  return names;
}
