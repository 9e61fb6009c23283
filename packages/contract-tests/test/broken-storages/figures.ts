import { type Breakages, withStores } from "./breakage.js";

export const brokenFigures: Breakages = {
  "statistics go on beyond their end": {
    caughtBy: "statistics: days are those of UTC, and what began at `to` is left out",
    breakIt: (good) =>
      withStores(good, ({ statistics }) => ({
        statistics: {
          ...statistics,
          readAttempts: (request) =>
            statistics.readAttempts({ ...request, to: new Date(request.to.getTime() + 1) }),
        },
      })),
  },
  "the times of statistics are rounded up": {
    caughtBy: "statistics: the times are the nearest ranks of whatever attempts there were",
    breakIt: (good) =>
      withStores(good, ({ statistics }) => ({
        statistics: {
          ...statistics,
          async readAttempts(request) {
            const read = await statistics.readAttempts(request);
            const { durationMs } = read.total;
            return durationMs === undefined
              ? read
              : { ...read, total: { ...read.total, durationMs: { ...durationMs, p95: durationMs.p95 + 1 } } };
          },
        },
      })),
  },
  "held deliveries are listed as pending": {
    caughtBy:
      "deliveries by state: each listing holds what shows its state, newest first, page after page, and counts agree",
    breakIt: (good) =>
      withStores(good, ({ deliveries }) => ({
        deliveries: {
          ...deliveries,
          list: ({ state, ...request }) =>
            deliveries.list({
              ...request,
              ...(state === undefined ? {} : { state: state === "held" ? "pending" : state }),
            }),
        },
      })),
  },
};
