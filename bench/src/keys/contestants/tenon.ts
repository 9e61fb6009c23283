import { SCOPE } from "../../measure/scenario.js";
import { serveSlices } from "../../measure/serve-slices.js";
import { createTenonWithKeys } from "../../measure/tenon-with-keys.js";

await serveSlices(async () => {
  const { tenon, texts } = await createTenonWithKeys();
  let turn = 0;
  return {
    async call() {
      const result = await tenon.apiKeys.authenticate({
        key: texts[turn++ % texts.length] ?? "",
        scopes: [SCOPE],
      });
      if (!result.ok) throw new Error(result.reason);
    },
  };
});
