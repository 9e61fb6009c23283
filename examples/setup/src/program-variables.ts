import { randomBytes } from "node:crypto";
import { createSecret } from "@tenon/core";

const SECRET = { type: "secret", minLength: 32 } as const;

/** A default nobody knows: `head`, then 32 random bytes in base64, new with each start. */
export const randomSecret = (head: string) => () => createSecret(head + randomBytes(32).toString("base64"));

/** The variables that every example takes, for `configFromEnv`. */
export const programVariables = (usualPort: number) =>
  ({
    port: { name: "PORT", type: "integer", min: 0, max: 65_535, default: usualPort },
    databaseUrl: { name: "DATABASE_URL", type: "url", protocols: ["postgres", "postgresql", "file"] },
    // What is in memory alone needs no key that outlives it.
    vaultKey: { name: "TENON_VAULT_KEY", ...SECRET, requiredWith: "DATABASE_URL", default: randomSecret("") },
    jwtSecret: { name: "JWT_SECRET", ...SECRET, required: true },
    isDemo: { name: "DEMO", type: "boolean", default: false },
  }) as const;
