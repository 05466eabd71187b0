CREATE TABLE "rate_budgets" (
	"key" text PRIMARY KEY NOT NULL,
	"account_id" uuid,
	"state" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_effects" (
	"change_set_id" uuid NOT NULL,
	"key" text NOT NULL,
	"run_id" uuid NOT NULL,
	"description" text NOT NULL,
	"state" text NOT NULL,
	"outcome" jsonb,
	"reason" text,
	"meant_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "run_effects_change_set_id_key_pk" PRIMARY KEY("change_set_id","key")
);
--> statement-breakpoint
DROP INDEX "runs_waiting";--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "urgency" smallint DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "schedule_id" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "preview_run_id" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "retry_of" uuid;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "deliver_to" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "replica_id" integer;--> statement-breakpoint
ALTER TABLE "runs" ADD COLUMN "job_id" text;--> statement-breakpoint
ALTER TABLE "run_effects" ADD CONSTRAINT "run_effects_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "rate_budgets_by_account" ON "rate_budgets" USING btree ("account_id");--> statement-breakpoint
CREATE INDEX "rate_budgets_by_age" ON "rate_budgets" USING btree ("updated_at");--> statement-breakpoint
CREATE INDEX "run_effects_by_run" ON "run_effects" USING btree ("run_id");--> statement-breakpoint
CREATE INDEX "runs_of_schedule" ON "runs" USING btree ("schedule_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_of_preview" ON "runs" USING btree ("preview_run_id");--> statement-breakpoint
CREATE INDEX "runs_working" ON "runs" USING btree ("replica_id") WHERE "runs"."state" in ('running', 'cancelling');--> statement-breakpoint
CREATE INDEX "runs_promoted" ON "runs" USING btree ("account_id") WHERE "runs"."promoted_at" is not null and "runs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "runs_waiting" ON "runs" USING btree ("account_id","urgency","created_at") WHERE "runs"."state" = 'queued' and "runs"."promoted_at" is null;