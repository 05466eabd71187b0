/** Written before a statement of a migration, with why it is fine anyway. */
const whyItIsFine = /^-- rolling deploy: \S/m

/**
 * The statements of a migration that servers of the version before, which continue beside it, may not survive or have to
 * wait for. Only what is known to be harmless passes: new tables with what belongs to them, and columns that need no value.
 */
export function statementsThatNeedAReason(migration: string): string[] {
  const statements = migration.split('--> statement-breakpoint').map((statement) => statement.trim())
  const made = new Set(statements.flatMap((each) => /^CREATE TABLE "(\w+)"/.exec(each)?.[1] ?? []))
  const isOfNewTable = (each: string) =>
    made.has(/^(?:ALTER TABLE|CREATE (?:UNIQUE )?INDEX "\w+" ON) (?:"public"\.)?"(\w+)"/.exec(each)?.[1] ?? '')
  const needsNoValue = (each: string) =>
    /^ALTER TABLE "\w+" ADD COLUMN "\w+" [^;]+;$/.test(each) &&
    (!/NOT NULL/.test(each) || /DEFAULT/.test(each)) &&
    !/DEFAULT (?!now)\w+\(/.test(each) // A value for each row writes the whole table again.

  return statements.filter(
    (each) => !(/^CREATE TABLE /.test(each) || isOfNewTable(each) || needsNoValue(each) || whyItIsFine.test(each)),
  )
}
