import { fileURLToPath } from "node:url";
import ts from "typescript";
import { expect, test } from "vitest";

const consumer = `
import { checkWebhook, signWebhook, verifyWebhook, type StandardSchema } from "./index.js";
declare const schema: StandardSchema<{ readonly postId: string }>;
declare const headersLike: { get(name: string): string | null };
declare const nodeHeaders: { [name: string]: string | string[] | undefined; host?: string };
export async function consume(body: Uint8Array): Promise<string> {
  const unknownEvent: unknown = await verifyWebhook(body, headersLike, "whsec_");
  const claimed = await verifyWebhook<{ type: string }>(body.buffer as ArrayBuffer, nodeHeaders, ["whsec_"] as const);
  const result = await checkWebhook("", await signWebhook("", { secret: "" }), "", { schema, toleranceSeconds: 60 });
  // @ts-expect-error a parsed object is not a raw body
  await verifyWebhook({ type: "post.published" }, nodeHeaders, "whsec_");
  // @ts-expect-error the typed event has no other members
  if (result.ok) result.event.other;
  return result.ok ? result.event.postId + result.timestamp.toISOString() : claimed.type + result.code + unknownEvent;
}`;

test("the published types need neither DOM nor @types/node, and infer the event from the schema", () => {
  const source = fileURLToPath(new URL("../src/", import.meta.url));
  const { types, ...options } = readOptions(source);
  const files = new Map<string, string>();
  const emitting = ts.createProgram([`${source}index.ts`], {
    ...options,
    types: types ?? [],
    emitDeclarationOnly: true,
  });
  emitting.emit(undefined, (path, text) => files.set(path, text));
  files.set(`${source}consumer.ts`, consumer);
  for (const path of files.keys()) if (path.endsWith("crypto.node.d.ts")) files.delete(path);

  const strict = { ...options, types: [], lib: ["lib.es2022.d.ts"], skipLibCheck: false, noEmit: true };
  const host = ts.createCompilerHost(strict);
  const { readFile, fileExists } = host;
  // Only the declarations and the consumer exist: the sources are hidden, as in the package.
  const isHidden = (path: string) => path.startsWith(source) && !files.has(path);
  host.readFile = (path) => files.get(path) ?? (isHidden(path) ? undefined : readFile(path));
  host.fileExists = (path) => files.has(path) || (!isHidden(path) && fileExists(path));
  host.getSourceFile = (path, language) => {
    const text = host.readFile(path);
    return text === undefined ? undefined : ts.createSourceFile(path, text, language);
  };
  const problems = ts.getPreEmitDiagnostics(ts.createProgram([`${source}consumer.ts`], strict, host));
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"))).toEqual([]);
});

function readOptions(source: string): ts.CompilerOptions {
  const path = ts.findConfigFile(source, ts.sys.fileExists, "tsconfig.json") ?? "";
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { readonly config: unknown };
  return ts.parseJsonConfigFileContent(config, ts.sys, fileURLToPath(new URL("..", import.meta.url))).options;
}
