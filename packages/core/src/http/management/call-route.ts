import { TenonError, ValidationError } from "../../errors/tenon-error.js";
import type { Page } from "../../input/page.js";
import { findClientAddress } from "../../network/client-address.js";
import type { Storage } from "../../ports/storage.js";
import type { ActingTenon, BoundTenon, TenonServices } from "../../tenon.js";
import { type HttpReply, type HttpRequestView, headerValue } from "../exchange.js";
import type { ManagementTenon } from "./management-api.js";
import type { ApplyChange, ManagementKit } from "./management-kit.js";
import type { PresentedRoute } from "./presentation/present-routes.js";
import type { ReplyPresentation } from "./presentation/presentation.js";
import type { Principal } from "./principal/principal.js";
import { claimReply } from "./replies/idempotent-reply.js";
import { itemReply, pageReply } from "./replies/success-reply.js";
import { cursorScopeOf, encodeCursor, readCursor } from "./requests/cursors.js";
import { entityTagOf, matchesTag } from "./requests/entity-tag.js";
import type { ManagementRequest } from "./requests/management-request.js";
import type { RouteInput } from "./requests/read-input.js";

interface ApiContext {
  readonly tenon: ManagementTenon;
  readonly kit: ManagementKit;
  readonly replies: ReplyPresentation;
}

interface Call {
  readonly request: Pick<ManagementRequest<unknown>, "view" | "basePath" | "path">;
  readonly presented: PresentedRoute;
  readonly principal: Principal;
  readonly input: RouteInput;
  readonly queryText: string;
  readonly requestId: string;
}

type Item = Readonly<Record<string, unknown>>;

/** Does what a checked request asks for, on behalf of its principal, and writes the reply. */
export async function callRoute(context: ApiContext, call: Call): Promise<HttpReply> {
  const { kit, tenon } = context;
  const { route } = call.presented;
  // Nobody is named where nothing is written down, and no services are made for them.
  if (route.method === "GET") return handle(context, call, tenon, changeNothing);
  const acting = tenon.actingAs(actorOf(kit, call));
  const ifMatch = route.versioned ? joined(call.request.view, "if-match") : undefined;
  const perform = (services: TenonServices, change: ApplyChange) => handle(context, call, services, change);

  const key = route.takesIdempotencyKey ? headerValue(call.request.view, "idempotency-key") : undefined;
  if (key === undefined) return perform(acting, createChange(kit, acting, ifMatch));

  const claimed = await claimReply(kit, { key, route, principal: call.principal, input: call.input });
  if (claimed.earlier !== undefined) return claimed.earlier;
  try {
    return await inTransaction(kit, acting, async (bound, stores) => {
      const reply = await perform(bound, ({ apply }) => apply(bound));
      await claimed.keep(
        kit.shortLived === kit.storage.shortLived ? stores.shortLived : kit.shortLived,
        reply,
      );
      return reply;
    });
  } catch (error) {
    await claimed.forget();
    throw error;
  }
}

async function handle(
  { kit, tenon, replies }: ApiContext,
  { request, presented, principal, input, queryText }: Call,
  services: TenonServices,
  change: ApplyChange,
): Promise<HttpReply> {
  const { route, resourcePath } = presented;
  const { cursor: given, ...filters } = input.query;
  const scope = cursorScopeOf(route, principal.tenantId, input);
  const { problems, ...cursor } = readCursor(kit.crypto, scope, given);
  if (problems.length > 0) throw new ValidationError(problems);
  const query = { ...filters, ...cursor };
  const asked = { params: input.params, query, body: input.body };
  const content = await route.handle({ input: asked, principal, services, reads: tenon, change });

  if (route.reply.kind === "page" || route.reply.kind === "list") {
    const { items, nextCursor } = content as Page<Item>;
    const cursor = nextCursor === undefined ? undefined : encodeCursor(kit.crypto, scope, nextCursor);
    const name = presented.query.toPresented("/cursor").slice(1);
    const nextUrl = cursor && `${request.basePath}${request.path}?${withParameter(queryText, name, cursor)}`;
    return pageReply(presented, { items, nextCursor: cursor }, nextUrl, replies);
  }
  const item = (route.reply.kind === "item" ? content : undefined) as Item | undefined;
  const headers = {
    ...(route.versioned && item !== undefined ? { ETag: entityTagOf(kit.crypto, item) } : {}),
    ...(route.status === 201 && typeof item?.id === "string"
      ? { Location: `${request.basePath}${resourcePath}/${encodeURIComponent(item.id)}` }
      : {}),
  };
  return itemReply(presented, item, headers, replies);
}

function createChange(kit: ManagementKit, acting: ActingTenon, ifMatch: string | undefined): ApplyChange {
  return async ({ current, apply, inOneStep = false }) => {
    if (ifMatch === undefined && !inOneStep) return apply(acting);
    return inTransaction(kit, acting, async (bound, stores) => {
      const record = ifMatch === undefined ? undefined : await current(stores);
      if (record !== undefined && ifMatch !== undefined) {
        if (!matchesTag(ifMatch, entityTagOf(kit.crypto, record))) {
          throw new TenonError(
            "PRECONDITION_FAILED",
            "Somebody changed it since. Read it again, then change it.",
          );
        }
      }
      return apply(bound);
    });
  };
}

const changeNothing: ApplyChange = () => {
  throw new TypeError("a route that reads changes nothing");
};

async function inTransaction<Result>(
  { storage }: ManagementKit,
  acting: ActingTenon,
  work: (bound: BoundTenon, stores: Storage) => Promise<Result>,
): Promise<Result> {
  const { result, bound } = await storage.transaction(async (handle) => {
    const bound = acting.within(handle);
    return { result: await work(bound, storage.bind(handle)), bound };
  });
  await bound.committed();
  return result;
}

function actorOf({ trustedProxies }: ManagementKit, { request, principal, requestId }: Call) {
  const { view } = request;
  return {
    actorId: principal.actorId,
    kind: principal.kind ?? "host",
    ip: findClientAddress({
      connectionAddress: view.connectionAddress(),
      forwardedFor: joined(view, "x-forwarded-for"),
      trustedProxies,
    }),
    userAgent: headerValue(view, "user-agent"),
    correlationId: requestId,
  };
}

function joined(view: HttpRequestView, name: string): string | undefined {
  const values = view.headerValues(name);
  return values.length === 0 ? undefined : values.join(",");
}

function withParameter(queryText: string, name: string, value: string): string {
  const parameters = new URLSearchParams(queryText);
  parameters.set(name, value);
  return parameters.toString();
}
