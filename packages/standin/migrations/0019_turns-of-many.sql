DROP INDEX "credentials_due";--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "of_many" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "credentials_due" ON "credentials" USING btree ("of_many","next_attempt_at") WHERE "credentials"."next_attempt_at" is not null;