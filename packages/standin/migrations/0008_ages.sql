CREATE INDEX "artifacts_of_account" ON "artifacts" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "artifacts_by_age" ON "artifacts" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "runs_by_end" ON "runs" USING btree ("ended_at");