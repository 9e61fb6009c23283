import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type ManagementOptions, managementApi } from "@tenon/adapters-express";
import type { Tenon } from "@tenon/core";
import express from "express";
import { onTestFinished } from "vitest";

export interface ApiReply {
  readonly status: number;
  readonly headers: Headers;
  readonly json: Readonly<Record<string, unknown>>;
}

export type CallApi = (method: string, path: string, body?: object, headers?: object) => Promise<ApiReply>;

/** Serves the management API on Express until the test ends; everybody who calls is `ada` of `acme`. */
export async function serveApi(tenon: Tenon, options: Partial<ManagementOptions> = {}): Promise<CallApi> {
  const principal = () => ({ tenantId: "acme", actorId: "ada", permissions: ["*"] });
  const server = createServer(express().use(managementApi(tenon, { principal, ...options })));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const { port } = server.address() as AddressInfo;
  return async (method, path, body, headers = {}) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: {
        connection: "close",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await reply.text();
    return { status: reply.status, headers: reply.headers, json: text === "" ? {} : JSON.parse(text) };
  };
}
