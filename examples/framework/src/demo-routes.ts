import type { DemoSteering } from "example-setup/demo-steering";
import express, { type Router } from "express";

export function demoRoutes({ raise, advance, happened }: DemoSteering): Router {
  const router = express.Router().use(express.json());
  router.post("/events", async (req, res) => void res.status(202).json(await raise(req.body)));
  router.post("/clock", (req, res) => void res.json(advance(req.body)));
  router.get("/lifecycle", (_req, res) => void res.json(happened));
  return router;
}
