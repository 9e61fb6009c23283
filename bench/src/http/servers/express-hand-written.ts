import express from "express";
import { createHandWrittenKeys } from "../../measure/hand-written-keys.js";
import { SCOPE } from "../../measure/scenario.js";
import { limitHeaders } from "../hand-written-headers.js";
import { serveHttp } from "../serve-http.js";

const { texts, authenticate } = createHandWrittenKeys();
const app = express();
app.get(
  "/posts",
  (req, res, next) => {
    authenticate(req.get("authorization")?.replace(/^bearer +/i, "") ?? "", [SCOPE]).then((result) => {
      if (!result.ok) {
        res.sendStatus(result.status);
        return;
      }
      res.locals.tenantId = result.key.tenantId;
      res.set(limitHeaders(result.limits));
      next();
    }, next);
  },
  (_req, res) => {
    res.json({ tenantId: res.locals.tenantId });
  },
);
serveHttp(app.listen(0, "127.0.0.1"), texts);
