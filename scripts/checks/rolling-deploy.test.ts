import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { statementsThatNeedAReason } from './rolling-deploy.ts'

const folder = join(import.meta.dirname, '../../packages/standin/migrations')
const migrations = globSync('*.sql', { cwd: folder }).sort()

test('a migration leaves servers of the version before working, or says why it may do more', () => {
  expect(migrations[0]).toBe('0000_initial.sql')
  const found = migrations.map((name) => [name, statementsThatNeedAReason(readFileSync(join(folder, name), 'utf8'))])
  expect(Object.fromEntries(found.filter(([, statements]) => statements?.length))).toEqual({})
})

test.each([
  'ALTER TABLE "runs" DROP COLUMN "job_id";',
  'ALTER TABLE "runs" RENAME COLUMN "job_id" TO "job";',
  'ALTER TABLE "runs" ADD COLUMN "job_id" text NOT NULL;',
  'ALTER TABLE "runs" ADD COLUMN "other_id" uuid DEFAULT gen_random_uuid() NOT NULL;',
  'ALTER TABLE "runs" ALTER COLUMN "mode" SET NOT NULL;',
  'ALTER TABLE "runs" ADD CONSTRAINT "one" UNIQUE("mode");',
  'CREATE INDEX "by_mode" ON "runs" USING btree ("mode");',
  'CREATE UNIQUE INDEX "by_mode" ON "runs" USING btree ("mode");',
  'DROP INDEX "runs_waiting";',
  'DROP TABLE "runs";',
  'UPDATE "runs" SET "mode" = \'apply\';',
])('a reason is asked for: %s', (statement) => {
  expect(statementsThatNeedAReason(`CREATE TABLE "other" ();\n--> statement-breakpoint\n${statement}`)).toEqual([
    statement,
  ])
  expect(
    statementsThatNeedAReason(`-- rolling deploy: no server of the version before reads it\n${statement}`),
  ).toEqual([])
  expect(statementsThatNeedAReason(`-- rolling deploy:\n${statement}`)).toHaveLength(1)
})

test.each([
  'ALTER TABLE "runs" ADD COLUMN "time_zone" text;',
  'ALTER TABLE "runs" ADD COLUMN "urgency" smallint DEFAULT 0 NOT NULL;',
  'CREATE TABLE "a" (\n\t"id" uuid NOT NULL\n);\n--> statement-breakpoint\nCREATE UNIQUE INDEX "a_id" ON "a" USING btree ("id");',
  'CREATE TABLE "a" ("id" uuid);\n--> statement-breakpoint\nALTER TABLE "a" ADD CONSTRAINT "a_id" FOREIGN KEY ("id") REFERENCES "public"."runs"("id");',
])('no reason is asked for: %s', (migration) => {
  expect(statementsThatNeedAReason(migration)).toEqual([])
})
