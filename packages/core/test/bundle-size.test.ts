import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));

async function bundle(
  contents: string,
): Promise<{ readonly bytes: number; readonly sources: readonly string[] }> {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: root },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: "esm",
    conditions: ["@tenon/source"],
    metafile: true,
    write: false,
  });
  const sources = Object.keys(metafile.inputs).filter((source) => source !== "<stdin>");
  return { bytes: outputFiles[0]?.contents.length ?? 0, sources };
}

test("checking scopes takes under 2 kB of a host's bundle, and pulls in nothing else", async () => {
  const { bytes, sources } = await bundle(
    'import { checkScopes } from "@tenon/core/scopes"; globalThis.check = checkScopes;',
  );
  expect(bytes).toBeGreaterThan(100);
  expect(bytes).toBeLessThan(2048);
  expect(sources.length).toBeGreaterThan(0);
  for (const source of sources) expect(source).toMatch(/^packages\/core\/src\/scopes\//);
});
