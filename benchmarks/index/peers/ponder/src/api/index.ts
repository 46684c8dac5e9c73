import { Hono } from "hono";
import { count } from "ponder";
import { db } from "ponder:api";
import schema from "ponder:schema";

const app = new Hono();

/** How many rows each table has: PGlite can be read from inside only. */
app.get("/rows", async (context) => {
  const tables = Object.entries(schema);
  const rows = tables.map(async ([name, table]) => {
    const [found] = await db.select({ count: count() }).from(table);
    return [name, found!.count];
  });
  return context.json(Object.fromEntries(await Promise.all(rows)));
});

export default app;
