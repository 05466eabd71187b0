CREATE TABLE "grants" (
	"service" text NOT NULL,
	"account_id" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "grants_service_account_id_pk" PRIMARY KEY("service","account_id")
);
--> statement-breakpoint
CREATE TABLE "service_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"service" text NOT NULL,
	"digest" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "service_keys_digest_unique" UNIQUE("digest")
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"event" text NOT NULL,
	"account_id" uuid,
	"generation" integer,
	"details" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "callbacks" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"app_id" text NOT NULL,
	"type" text NOT NULL,
	"content_digest" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text NOT NULL,
	"generation" integer,
	"sealed_body" text,
	"claim_names" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "credentials" (
	"account_id" uuid NOT NULL,
	"generation" integer NOT NULL,
	"app_id" text NOT NULL,
	"client_id" text NOT NULL,
	"sealed_secret" text,
	"content_digest" text,
	"state" text NOT NULL,
	"reason" text,
	"since" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"tie_break" text NOT NULL,
	"bound" boolean NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"next_attempt_at" timestamp (3) with time zone,
	"proven_at" timestamp (3) with time zone,
	"granted_scopes" text[],
	CONSTRAINT "credentials_account_id_generation_pk" PRIMARY KEY("account_id","generation")
);
--> statement-breakpoint
CREATE TABLE "installations" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"active_generation" integer,
	"last_generation" integer DEFAULT 0 NOT NULL,
	"uninstalled_at" timestamp (3) with time zone,
	"uninstall_signalled_at" timestamp (3) with time zone,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "artifact_chunks" (
	"artifact_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "artifact_chunks_artifact_id_position_pk" PRIMARY KEY("artifact_id","position")
);
--> statement-breakpoint
CREATE TABLE "artifacts" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"run_id" uuid NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" integer DEFAULT 0 NOT NULL,
	"chunks" integer DEFAULT 0 NOT NULL,
	"complete" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "run_events" (
	"run_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"body" jsonb NOT NULL,
	CONSTRAINT "run_events_run_id_seq_pk" PRIMARY KEY("run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"action_id" text NOT NULL,
	"mode" text NOT NULL,
	"input" jsonb NOT NULL,
	"idempotency_key" text NOT NULL,
	"started_by" jsonb NOT NULL,
	"may_overlap" boolean NOT NULL,
	"state" text NOT NULL,
	"waiting_until" timestamp (3) with time zone,
	"promoted_at" timestamp (3) with time zone,
	"epoch" integer DEFAULT 0 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retries" integer DEFAULT 0 NOT NULL,
	"crashes" integer DEFAULT 0 NOT NULL,
	"checkpoint" jsonb,
	"progress" jsonb NOT NULL,
	"steps" jsonb NOT NULL,
	"headline" text,
	"reason" text,
	"last_seq" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "access_tokens" (
	"account_id" uuid NOT NULL,
	"scope_key" text NOT NULL,
	"generation" integer NOT NULL,
	"sealed_token" text NOT NULL,
	"fingerprint" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"lifetime_ms" double precision NOT NULL,
	"issued_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "access_tokens_account_id_scope_key_pk" PRIMARY KEY("account_id","scope_key")
);
--> statement-breakpoint
ALTER TABLE "artifact_chunks" ADD CONSTRAINT "artifact_chunks_artifact_id_artifacts_id_fk" FOREIGN KEY ("artifact_id") REFERENCES "public"."artifacts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_entries_account_id_id_index" ON "audit_entries" USING btree ("account_id","id");--> statement-breakpoint
CREATE INDEX "callbacks_account_id_received_at_index" ON "callbacks" USING btree ("account_id","received_at");--> statement-breakpoint
CREATE INDEX "callbacks_content_digest_index" ON "callbacks" USING btree ("content_digest");--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_content" ON "credentials" USING btree ("account_id","content_digest");--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_in_force" ON "credentials" USING btree ("account_id") WHERE "credentials"."state" in ('active', 'parked');--> statement-breakpoint
CREATE INDEX "credentials_due" ON "credentials" USING btree ("next_attempt_at") WHERE "credentials"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX "credentials_client" ON "credentials" USING btree ("client_id");--> statement-breakpoint
CREATE UNIQUE INDEX "artifacts_run_id_name_index" ON "artifacts" USING btree ("run_id","name");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_idempotency" ON "runs" USING btree ("account_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "runs_newest" ON "runs" USING btree ("account_id","created_at" DESC NULLS LAST,"id" DESC NULLS LAST);--> statement-breakpoint
CREATE INDEX "runs_waiting" ON "runs" USING btree ("account_id","created_at") WHERE "runs"."state" = 'queued' and "runs"."promoted_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_no_overlap" ON "runs" USING btree ("account_id","action_id") WHERE "runs"."state" in ('running', 'waiting', 'cancelling') and not "runs"."may_overlap";