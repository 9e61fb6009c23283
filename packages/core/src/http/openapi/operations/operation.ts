import type { PresentedRoute } from "../../management/presentation/present-routes.js";
import type { ReplyPresentation } from "../../management/presentation/presentation.js";
import type { MediaTypeObject, OperationObject, ResponseObject } from "../document.js";
import type { ComponentSchemas } from "../schemas/component-schemas.js";
import { DESCRIBED_ERRORS, errorStatusesOf } from "./error-table.js";
import { exampleBody, exampleReply } from "./examples.js";
import { refersToHeaders } from "./headers.js";
import { describeParameters } from "./parameters.js";
import { RESOURCE_TAGS } from "./tags.js";

const JSON_TYPE = "application/json";

/** Describes what a route takes and answers. */
export function describeOperation(
  presented: PresentedRoute,
  replies: ReplyPresentation,
  components: ComponentSchemas,
): OperationObject {
  const { route, body, status } = presented;
  const errors = errorStatusesOf(presented).map(
    (code) => [String(code), { $ref: `#/components/responses/${DESCRIBED_ERRORS[code].name}` }] as const,
  );
  return {
    operationId: `${route.resource}.${route.name}`,
    tags: [RESOURCE_TAGS[route.resource].name],
    summary: route.summary,
    description:
      route.permission === undefined ? "Any caller may." : `Needs the permission \`${route.permission}\`.`,
    parameters: describeParameters(presented, components),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: route.bodyIsOptional !== true,
            content: {
              [JSON_TYPE]: {
                schema: components.describe(body.schema, "input"),
                ...withExample(exampleBody(presented)),
              },
            },
          },
        }),
    responses: {
      [String(status)]: describeSuccess(presented, replies, components),
      ...Object.fromEntries(errors),
    },
  };
}

function describeSuccess(
  presented: PresentedRoute,
  replies: ReplyPresentation,
  components: ComponentSchemas,
): ResponseObject {
  const { route, reply } = presented;
  const headers = [
    "X-Request-Id",
    ...(route.status === 201 ? ["Location"] : []),
    ...(route.versioned && route.reply.kind === "item" ? ["ETag"] : []),
    ...(route.reply.kind === "page" ? ["Link"] : []),
    ...(route.takesIdempotencyKey ? ["Idempotent-Replayed"] : []),
  ];
  return {
    description: route.reply.kind === "none" ? "Done." : "Done; this is what there is now.",
    headers: refersToHeaders(headers),
    ...(reply === undefined
      ? {}
      : {
          content: {
            [JSON_TYPE]: {
              schema: components.describe(reply, "output"),
              ...withExample(exampleReply(presented, replies)),
            },
          },
        }),
  };
}

function withExample(example: unknown): Pick<MediaTypeObject, "example"> {
  return example === undefined ? {} : { example };
}
