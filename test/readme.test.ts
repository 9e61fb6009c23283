import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const repository = fileURLToPath(new URL("..", import.meta.url));

/** What the reader of the tour brings along: a place to show things, and a partner who is told the secret. */
const PROLOGUE = `
import { once } from "node:events";
import type { AddressInfo } from "node:net";
const shown: string[] = [];
const received: unknown[] = [];
let partnerSecret = "";
const showOnce = (text: string) => void shown.push(text);
const showReceived = (event: unknown) => void received.push(event);
const giveToPartner = (secret: string) => { partnerSecret = secret; };
`;

/** Once the server of the tour listens, its address is the partner's too. */
const LISTENING = `
await once(server, "listening");
const partnerUrl = \`http://127.0.0.1:\${(server.address() as AddressInfo).port}\`;
await pglite.exec("CREATE TABLE posts (id serial PRIMARY KEY, title text NOT NULL)");
`;

const EPILOGUE = `
const call = (key: string) => fetch(partnerUrl + "/posts", { headers: { "X-API-Key": key } });
const good = await call(shown[0] ?? "");
const forged = await call("sk_live_forged");
const managed = await fetch(partnerUrl + "/integrations/webhook-endpoints");
const { items } = (await managed.json()) as { items: readonly { url: string }[] };
while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
console.log(JSON.stringify({ good: [good.status, await good.json()], forged: forged.status, received, managed: items.length }));
await tenon.close();
server.close();
server.closeAllConnections();
await db.destroy();
await pglite.close();
`;

test("the tour in the README type-checks, runs, and does what it says", { timeout: 240_000 }, async () => {
  const snippets = await readSnippets();
  const [guarded = -1] = snippets.flatMap((code, index) => (code.includes("app.listen") ? [index] : []));
  const program = [
    PROLOGUE,
    ...snippets.slice(0, guarded + 1),
    LISTENING,
    ...snippets.slice(guarded + 1),
    EPILOGUE,
  ];
  const folder = await mkdtemp(join(repository, "examples/quickstart/readme-"));
  try {
    await writeFile(join(folder, "tour.ts"), program.join("\n"));
    await writeFile(
      join(folder, "tsconfig.json"),
      `{ "extends": "../../../tsconfig.json", "include": ["tour.ts"] }`,
    );
    const node = (...options: string[]) =>
      execFileSync(process.execPath, options, {
        cwd: folder,
        encoding: "utf8",
        env: { ...process.env, PORT: "0" },
        timeout: 200_000,
      });
    node(join(repository, "node_modules/typescript/bin/tsc"), "-p", folder);
    const output = JSON.parse(node("--import", "tsx", "-C", "@tenon/source", "tour.ts").trim());
    expect(output).toMatchObject({
      good: [200, { postsOf: "acme" }],
      forged: 401,
      received: [{ type: "post.published", data: { postId: 1 } }],
      managed: 1,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

async function readSnippets(): Promise<readonly string[]> {
  const readme = await readFile(join(repository, "README.md"), "utf8");
  return [...readme.matchAll(/```ts\n(.*?)```/gs)].map(([, code = ""]) => code);
}
