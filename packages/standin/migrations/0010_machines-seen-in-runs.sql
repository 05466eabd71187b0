ALTER TABLE "machines" ALTER COLUMN "seen_in_run" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "machines" ADD COLUMN "seen_in_runs" uuid[] DEFAULT '{}' NOT NULL;