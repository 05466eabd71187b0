CREATE TABLE "schedules" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"action_id" text NOT NULL,
	"input" jsonb NOT NULL,
	"recurrence" text NOT NULL,
	"time_zone" text NOT NULL,
	"deliver_to" jsonb NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"anchor_at" timestamp (3) with time zone NOT NULL,
	"next_at" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"last_run_id" uuid,
	"created_by" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "exchange_pauses" (
	"account_id" uuid NOT NULL,
	"scope_key" text NOT NULL,
	"generation" integer NOT NULL,
	"failure" text NOT NULL,
	"in_a_row" integer NOT NULL,
	"failing_since" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "exchange_pauses_account_id_scope_key_pk" PRIMARY KEY("account_id","scope_key")
);
--> statement-breakpoint
CREATE TABLE "token_leases" (
	"account_id" uuid NOT NULL,
	"scope_key" text NOT NULL,
	"generation" integer NOT NULL,
	"holder" integer,
	"fence" integer NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"forced_at" timestamp (3) with time zone,
	"refresh_at" timestamp (3) with time zone,
	"lifetime_ms" double precision,
	"last_used_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "token_leases_account_id_scope_key_pk" PRIMARY KEY("account_id","scope_key")
);
--> statement-breakpoint
CREATE INDEX "schedules_newest" ON "schedules" USING btree ("account_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "schedules_due" ON "schedules" USING btree ("due_at") WHERE "schedules"."state" = 'active';--> statement-breakpoint
CREATE INDEX "token_leases_due" ON "token_leases" USING btree ("refresh_at") WHERE "token_leases"."refresh_at" is not null;