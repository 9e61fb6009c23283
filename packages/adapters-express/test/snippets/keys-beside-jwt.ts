import { findCaller, requireApiKey } from "@tenon/adapters-express";
import { createTenon } from "@tenon/core";
import { memoryStorage } from "@tenon/storage-memory";
import express, { type Express, type RequestHandler } from "express";

export const tenon = createTenon({ storage: memoryStorage() });
export const app: Express = express();

/** Stands for the login that the host has already. */
const requireLogin: RequestHandler = (req, res, next) => {
  if (findCaller(req) !== undefined) return next();
  res.locals.userId = req.get("authorization") === "Bearer header.payload.signature" ? "ada" : undefined;
  if (res.locals.userId === undefined) res.status(401).json({ message: "Log in first." });
  else next();
};

app.get("/me", requireApiKey(tenon, { foreignBearer: "pass" }), requireLogin, (req, res) => {
  res.json({ tenantId: findCaller(req)?.tenantId, userId: res.locals.userId });
});
