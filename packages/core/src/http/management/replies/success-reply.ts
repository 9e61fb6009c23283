import type { Page } from "../../../input/page.js";
import type { HttpReply } from "../../exchange.js";
import type { PresentedRoute } from "../presentation/present-routes.js";
import type { Envelope, ReplyPresentation } from "../presentation/presentation.js";

type Item = Readonly<Record<string, unknown>>;

/** Writes a page: the next one's address stands in `Link` too, for listings without a place for a cursor (RFC 8288). */
export function pageReply(
  presented: PresentedRoute,
  { items, nextCursor }: Page<Item>,
  nextUrl: string | undefined,
  replies: ReplyPresentation,
): HttpReply {
  const shown = items.map((item) => presented.item?.show(item));
  const content = replies.lists === "array" ? shown : { items: shown, nextCursor: nextCursor ?? null };
  const link: Readonly<Record<string, string>> =
    nextUrl === undefined ? {} : { Link: `<${nextUrl}>; rel="next"` };
  return withBody(presented, content, link, replies.envelope);
}

/** Writes one record, or nothing. */
export function itemReply(
  presented: PresentedRoute,
  item: Item | undefined,
  headers: Readonly<Record<string, string>>,
  { envelope }: ReplyPresentation,
): HttpReply {
  return withBody(presented, item && presented.item?.show(item), headers, envelope);
}

function withBody(
  { status }: PresentedRoute,
  content: unknown,
  headers: Readonly<Record<string, string>>,
  envelope: Envelope | undefined,
): HttpReply {
  const common = { "cache-control": "no-store", ...headers };
  const body =
    envelope === undefined ? content : { ...envelope.constants, [envelope.field]: content ?? null };
  if (status === 204 || body === undefined) return { status, headers: common };
  return {
    status,
    headers: { "content-type": "application/json", ...common },
    body: JSON.stringify(body),
  };
}
