DROP INDEX "audit_entries_account_id_id_index";--> statement-breakpoint
CREATE INDEX "audit_entries_shown" ON "audit_entries" USING btree ("account_id","id") WHERE "audit_entries"."event" not like 'change.%';--> statement-breakpoint
CREATE INDEX "audit_entries_changes" ON "audit_entries" USING btree (("details" ->> 'runId'),"id") WHERE "audit_entries"."event" like 'change.%';