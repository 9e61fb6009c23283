import type { HttpReply } from "../../exchange.js";
import type { OpenApiDocument, ServerObject } from "../document.js";
import type { ServedOpenApiSettings } from "../options.js";
import { referencePageReply } from "./reference-page.js";

/** A page about the API that stands among its paths. */
export interface ServedPage {
  readonly method: "GET";
  readonly template: string;
  readonly access: "public" | "principal";
  /** @param basePath where the API is mounted. */
  reply(basePath: string): HttpReply;
}

/** The pages that a host serves: the document, and what shows it. */
export function createServedPages(
  settings: ServedOpenApiSettings,
  describe: () => OpenApiDocument,
): readonly ServedPage[] {
  const { title, path, access, reference } = settings;
  let written: { readonly basePath: string; readonly text: string } | undefined;
  const serversAt = (basePath: string): readonly ServerObject[] =>
    settings.servers ?? [{ url: basePath === "" ? "/" : basePath }];

  const document: ServedPage = {
    method: "GET",
    template: path,
    access,
    reply(basePath) {
      // A mount with parameters stands at many paths: one text is kept, not one for each.
      if (written?.basePath !== basePath) {
        written = { basePath, text: JSON.stringify({ ...describe(), servers: serversAt(basePath) }) };
      }
      const headers = { "content-type": "application/json", "cache-control": "no-store" };
      return { status: 200, headers, body: written.text };
    },
  };
  if (reference === false) return [document];
  const page: ServedPage = {
    method: "GET",
    template: reference.path,
    access,
    reply: (basePath) =>
      referencePageReply({
        title,
        documentPath: `${basePath}${path}`,
        servers: serversAt(basePath),
        script: reference.script,
      }),
  };
  return [document, page];
}
