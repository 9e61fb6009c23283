import { apiKey } from "@better-auth/api-key";
import { type BetterAuthPlugin, betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { AMPLE, HOUR_SECONDS, KEY_COUNT } from "../../measure/scenario.js";
import { serveSlices } from "../../measure/serve-slices.js";

/** The plugin and better-auth pin different releases of a shared package, and their types no longer meet. */
interface KeyApi {
  createApiKey(request: { readonly body: object }): Promise<{ readonly key: string }>;
  verifyApiKey(request: {
    readonly body: object;
  }): Promise<{ readonly valid: boolean; readonly error: unknown }>;
}

/** Its memory adapter searches a list, so what it costs depends on how many keys there are. */
const keyCount = Number(process.env.BENCH_KEYS ?? KEY_COUNT);

await serveSlices(async () => {
  const auth = betterAuth({
    baseURL: "http://localhost:3000",
    secret: "a secret of the bench, for nothing else",
    telemetry: { enabled: false },
    database: memoryAdapter({ user: [], session: [], account: [], verification: [], apikey: [] }),
    emailAndPassword: { enabled: true },
    plugins: [
      apiKey({
        rateLimit: { enabled: true, maxRequests: AMPLE, timeWindow: HOUR_SECONDS * 1000 },
      }) as unknown as BetterAuthPlugin,
    ],
  });
  const { user } = await auth.api.signUpEmail({
    body: { name: "Bench", email: "bench@example.com", password: "a long password" },
  });
  const api = auth.api as unknown as KeyApi;
  const keys: string[] = [];
  for (let index = 0; index < keyCount; index++) {
    const created = await api.createApiKey({
      body: { userId: user.id, permissions: { posts: ["read"] } },
    });
    keys.push(created.key);
  }
  let turn = 0;
  return {
    callsPerLook: 1,
    async call() {
      const key = keys[turn++ % keys.length] ?? "";
      const { valid, error } = await api.verifyApiKey({
        body: { key, permissions: { posts: ["read"] } },
      });
      if (!valid) throw new Error(JSON.stringify(error));
    },
  };
});
