CREATE TABLE "audit_checkpoints" (
	"writer" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"mac" text NOT NULL,
	"kid" text NOT NULL,
	"signature" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_heads" (
	"writer" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"mac" text NOT NULL,
	"kid" text NOT NULL,
	"signature" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "installation_events" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"seq" bigint,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"account_id" uuid NOT NULL,
	"type" text NOT NULL
);
--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "actor_name" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "entry_id" uuid;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "kid" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "entry_mac" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "writer" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "writer_seq" bigint;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "chain_kid" text;--> statement-breakpoint
ALTER TABLE "audit_entries" ADD COLUMN "chain_mac" text;--> statement-breakpoint
CREATE UNIQUE INDEX "installation_events_seq" ON "installation_events" USING btree ("seq");--> statement-breakpoint
CREATE INDEX "installation_events_unnumbered" ON "installation_events" USING btree ("id") WHERE "installation_events"."seq" is null;--> statement-breakpoint
CREATE INDEX "installation_events_account" ON "installation_events" USING btree ("account_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entries_entry" ON "audit_entries" USING btree ("entry_id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entries_chain" ON "audit_entries" USING btree ("writer","writer_seq");--> statement-breakpoint
CREATE INDEX "audit_entries_unchained" ON "audit_entries" USING btree ("id") WHERE "audit_entries"."writer" is null;