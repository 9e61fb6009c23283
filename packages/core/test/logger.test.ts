import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { StorageError, type TenonConfig } from "@tenon/core";
import type { Storage } from "@tenon/core/ports";
import { memoryStorage } from "@tenon/storage-memory";
import pino from "pino";
import ts from "typescript";
import { expect, test } from "vitest";
import { createTestKit, TENANT } from "./kit.js";

/** A kit that logs to pino, as it is; and the lines it wrote. */
function createLoggingKit(config: Partial<TenonConfig> = {}) {
  const lines: string[] = [];
  const logger = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
  return { ...createTestKit({ logger, ...config }), lines };
}

test("pino fits as it is: levels, fields, messages, and errors with their causes", async () => {
  const { tenon, lines } = createLoggingKit({
    storage: failingLookups(() => new Error("db.internal refused")),
  });
  const { secret } = await createTestKit().tenon.apiKeys.create({ tenantId: TENANT, name: "K", scopes: [] });
  await expect(tenon.apiKeys.authenticate({ key: secret.reveal() })).rejects.toThrow();
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    {
      level: pino.levels.values.error,
      msg: "an API key could not be looked up: the storage is out",
      err: {
        type: "StorageError",
        code: "STORAGE_UNAVAILABLE",
        message: expect.stringContaining("db.internal"),
      },
    },
  ]);
});

test("whatever an error of the storage's quotes, no key, signing secret or password reaches the log", async () => {
  const { secret } = await createTestKit().tenon.apiKeys.create({ tenantId: TENANT, name: "K", scopes: [] });
  const text = secret.reveal();
  const signing = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const legacy = "legacy-00112233445566778899aabbccddeeff";
  const cause = () =>
    Object.assign(
      new Error(`${text} ${signing} postgres://tenon:hunter2@db/app Bearer ${"t".repeat(20)} ${legacy}`),
      {
        parameters: [text, signing, legacy],
        password: "hunter2",
      },
    );
  const { tenon, lines } = createLoggingKit({
    storage: failingLookups(cause),
    apiKeys: { acceptedFormats: [{ pattern: /legacy-[0-9a-f]{32}/ }] },
  });
  await expect(tenon.apiKeys.authenticate({ key: text })).rejects.toThrow();
  expect(lines).toHaveLength(1);
  for (const secretText of [text, signing, legacy, "hunter2", "t".repeat(20)])
    expect(lines[0]).not.toContain(secretText);
  expect(lines[0]).toContain("postgres://tenon:[secret]@db/app");
});

test("docs/operations.md explains every line that core logs, by its level and message, and no other", () => {
  const page = readFileSync(new URL("../../../docs/operations.md", import.meta.url), "utf8");
  const section = page.split("\n## Log lines\n")[1]?.split("\n## ")[0] ?? "";
  const explained = [...section.matchAll(/^\| (debug|info|warn|error) +\| ([^|]+?) +\|/gm)];
  expect(explained.map(([, level, message]) => `${level} ${message}`).toSorted()).toEqual(
    loggedMessages().toSorted(),
  );
});

/** Level and message of each call of a logger in core's sources: messages are constants, so that alerts can name them. */
function loggedMessages(): readonly string[] {
  const src = fileURLToPath(new URL("../src/", import.meta.url));
  const files = readdirSync(src, { recursive: true, encoding: "utf8" })
    .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$/.test(file))
    // These pass on what they are given; the doctor's own page has its warnings.
    .filter(
      (file) =>
        !["logging/redacting-logger.ts", "http/doctor/doctor.ts"].includes(file.replaceAll("\\", "/")),
    );
  const found = new Set<string>();
  for (const file of files) {
    const source = ts.createSourceFile(file, readFileSync(src + file, "utf8"), ts.ScriptTarget.Latest);
    const visit = (node: ts.Node): void => {
      ts.forEachChild(node, visit);
      if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
      const { expression, name } = node.expression;
      if (!/^(?:debug|info|warn|error)$/.test(name.text) || !/logger$/i.test(expression.getText(source)))
        return;
      const messages = textsOf(node.arguments[1]);
      expect(messages, `${file}: a message that is no constant`).not.toEqual([]);
      for (const message of messages) found.add(`${name.text} ${message}`);
    };
    visit(source);
  }
  return [...found];
}

function textsOf(node: ts.Expression | undefined): readonly string[] {
  if (node === undefined) return [];
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  return [];
}

function failingLookups(cause: () => Error): Storage {
  const good = memoryStorage();
  return {
    ...good,
    apiKeys: {
      ...good.apiKeys,
      findByHash: async () => {
        throw new StorageError(
          "STORAGE_UNAVAILABLE",
          "apiKeys.findByHash failed: the database cannot be reached",
          {
            operation: "apiKeys.findByHash",
            retryable: true,
            cause: cause(),
          },
        );
      },
    },
  };
}
