/** Makes the tables: what `squid-typeorm-migration` does from a file, before anything is measured. */
import { createOrmConfig } from "@subsquid/typeorm-config";
import { DataSource } from "typeorm";

async function main() {
  const database = await new DataSource(createOrmConfig()).initialize();
  await database.synchronize();
  await database.destroy();
}

void main();
