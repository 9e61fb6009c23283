import { SignJWT } from "jose";

export type JsonObject = Readonly<Record<string, unknown>>;

/** A reply, as far as tests look at it. */
export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is a JSON object, else empty. */
  readonly json: JsonObject;
  /** The body where it is a list of JSON objects, else empty. */
  readonly items: readonly JsonObject[];
}

export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

/** Calls a program's API: `call("GET", "/health")`. */
export type CallApi = (method: string, path: string, options?: CallOptions) => Promise<Reply>;

/** Makes the function that calls the API at an address. */
export function createCaller(url: string, always: Readonly<Record<string, string>> = {}): CallApi {
  return async (method, path, { headers = {}, body } = {}) => {
    const response = await fetch(url + path, {
      method,
      headers: {
        ...always,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get("content-type") ?? "") && text !== "";
    const content: JsonObject | readonly JsonObject[] = isJson ? JSON.parse(text) : {};
    return {
      status: response.status,
      headers: response.headers,
      text,
      json: isList(content) ? {} : content,
      items: isList(content) ? content : [],
    };
  };
}

function isList(content: JsonObject | readonly JsonObject[]): content is readonly JsonObject[] {
  return Array.isArray(content);
}

/** The value of `Authorization` for a tenant's administrator: a JWT as the host's own login issues them. */
export async function bearerOf(secret: string, tenant: string, subject = "admin"): Promise<string> {
  const token = await new SignJWT({ tenant })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(subject)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(new TextEncoder().encode(secret));
  return `Bearer ${token}`;
}
