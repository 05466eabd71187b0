CREATE TABLE "held_callbacks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"state" text NOT NULL,
	"reason" text NOT NULL,
	"identity_digest" text NOT NULL,
	"content_digest" text NOT NULL,
	"address" text NOT NULL,
	"received_at" timestamp (3) with time zone NOT NULL,
	"account_id" uuid,
	"sealed" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "observed_tokens" (
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"form" text NOT NULL,
	"count" bigint NOT NULL,
	"last_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "observed_tokens_kind_value_form_pk" PRIMARY KEY("kind","value","form")
);
--> statement-breakpoint
CREATE TABLE "key_sets" (
	"url" text PRIMARY KEY NOT NULL,
	"keys" jsonb NOT NULL,
	"fetched_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rejection_counts" (
	"day" date NOT NULL,
	"reason" text NOT NULL,
	"count" bigint NOT NULL,
	CONSTRAINT "rejection_counts_day_reason_pk" PRIMARY KEY("day","reason")
);
--> statement-breakpoint
CREATE TABLE "rejection_samples" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"reason" text NOT NULL,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "identity_digest" text;--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "algorithm" text;--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "issuer" text;--> statement-breakpoint
ALTER TABLE "callbacks" ADD COLUMN "audiences" text[];--> statement-breakpoint
CREATE UNIQUE INDEX "held_callbacks_content" ON "held_callbacks" USING btree ("identity_digest","content_digest");--> statement-breakpoint
CREATE INDEX "held_callbacks_state" ON "held_callbacks" USING btree ("state","received_at");--> statement-breakpoint
CREATE INDEX "callbacks_identity" ON "callbacks" USING btree ("identity_digest");--> statement-breakpoint
CREATE INDEX "callbacks_received" ON "callbacks" USING btree ("received_at");