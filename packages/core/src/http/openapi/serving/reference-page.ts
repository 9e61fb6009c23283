import type { HttpReply } from "../../exchange.js";

/** The script that shows a document: one that finds its configuration as Scalar's `standalone.js` does. */
export interface ReferenceScript {
  /** An https URL, or a path of this server's. */
  readonly src: string;
  /** Its hash (Subresource Integrity), such as `sha384-…`: browsers run nothing else. */
  readonly integrity?: string | undefined;
}

/** `dist/browser/standalone.js` of `@scalar/api-reference`, byte for byte as npm has it. */
const SCALAR: ReferenceScript = {
  src: "https://cdn.jsdelivr.net/npm/@scalar/api-reference@1.46.4/dist/browser/standalone.js",
  integrity: "sha384-BbTs28WithFYxTDCiH0YPK5tv3MflhBVpABoMjfb9UqXa/hegSE9I4THoddKejMF",
};

/** Nothing is told to anybody: no fonts from elsewhere, no proxy, no telemetry, no assistant, no token kept in the browser. */
const CONFIGURATION = {
  proxyUrl: "",
  telemetry: false,
  agent: { disabled: true },
  withDefaultFonts: false,
  persistAuth: false,
};

/**
 * Writes the page that shows a document. It has no script of its own, and its Content-Security-Policy lets it load that
 * one script and speak to this server and those that the document names.
 */
export function referencePageReply({
  title,
  documentPath,
  servers,
  script = SCALAR,
}: {
  readonly title: string;
  readonly documentPath: string;
  readonly servers: readonly { readonly url: string }[];
  readonly script?: ReferenceScript | undefined;
}): HttpReply {
  const { src, integrity } = script;
  const hash = integrity === undefined ? "" : ` integrity="${escapeText(integrity)}" crossorigin="anonymous"`;
  return {
    status: 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": policy(src, servers),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    },
    body: `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
</head>
<body>
<script id="api-reference" type="application/json" data-url="${escapeText(documentPath)}" data-configuration="${escapeText(JSON.stringify({ ...CONFIGURATION, url: documentPath }))}"></script>
<script src="${escapeText(src)}"${hash}></script>
</body>
</html>
`,
  };
}

function policy(src: string, servers: readonly { readonly url: string }[]): string {
  const origins = servers.flatMap(({ url }) => (URL.canParse(url) ? [new URL(url).origin] : []));
  return [
    "default-src 'none'",
    `script-src ${src.startsWith("/") ? "'self'" : src}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data: https:",
    "font-src data:",
    `connect-src ${[...new Set(["'self'", ...origins])].join(" ")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function escapeText(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}
