ALTER TABLE "runs" ADD COLUMN "unit_system" text;--> statement-breakpoint
ALTER TABLE "schedules" ADD COLUMN "unit_system" text;