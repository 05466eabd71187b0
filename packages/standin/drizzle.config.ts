import { defineConfig } from 'drizzle-kit'

/** `pnpm --filter standin migration` writes the next migration from what the `*-table.ts` files say. */
export default defineConfig({
  dialect: 'postgresql',
  schema: './src/**/*-table.ts',
  out: './migrations',
  casing: 'snake_case',
})
