CREATE TABLE "grants" (
	"service" text NOT NULL,
	"account_id" text NOT NULL,
	"scopes" text[] NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"mac" text NOT NULL,
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
	"mac" text NOT NULL,
	CONSTRAINT "service_keys_digest_unique" UNIQUE("digest")
);
--> statement-breakpoint
CREATE TABLE "console_sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"may_change" boolean NOT NULL,
	"code_ends_at" timestamp (3) with time zone NOT NULL,
	"opened_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"mac" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "forwarded_requests" (
	"hour" timestamp (3) with time zone NOT NULL,
	"setting" text NOT NULL,
	"addresses" integer NOT NULL,
	"count" bigint NOT NULL,
	"ignored" bigint NOT NULL,
	CONSTRAINT "forwarded_requests_hour_setting_addresses_pk" PRIMARY KEY("hour","setting","addresses")
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
CREATE TABLE "account_counts" (
	"state" text PRIMARY KEY NOT NULL,
	"accounts" integer NOT NULL
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
	"rank" integer DEFAULT 0 NOT NULL,
	"released_at" timestamp (3) with time zone,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"claimed_by" integer,
	"is_unconfirmed" boolean DEFAULT false NOT NULL,
	"tried_at" timestamp (3) with time zone,
	"refusals" integer DEFAULT 0 NOT NULL,
	"refused_since" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone,
	"proven_at" timestamp (3) with time zone,
	"granted_scopes" text[],
	"missing_from_plan" text[],
	"mac" text,
	CONSTRAINT "credentials_account_id_generation_pk" PRIMARY KEY("account_id","generation")
);
--> statement-breakpoint
CREATE TABLE "installations" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"active_generation" integer,
	"last_generation" integer DEFAULT 0 NOT NULL,
	"uninstalled_at" timestamp (3) with time zone,
	"suspended_up_to" timestamp (3) with time zone,
	"suspended_at" timestamp (3) with time zone,
	"restored_up_to" timestamp (3) with time zone,
	"paused_at" timestamp (3) with time zone,
	"name" text,
	"name_in_lower_case" text,
	"erasing_since" timestamp (3) with time zone,
	"uninstall_signalled_at" timestamp (3) with time zone,
	"uninstall_dismissed_at" timestamp (3) with time zone,
	"uninstall_probed_at" timestamp (3) with time zone,
	"changed_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"is_unreviewed" boolean DEFAULT false NOT NULL,
	"reviewing_until" timestamp (3) with time zone,
	"mac" text
);
--> statement-breakpoint
CREATE TABLE "proven_clients" (
	"client_id" text NOT NULL,
	"account_id" uuid NOT NULL,
	CONSTRAINT "proven_clients_client_id_account_id_pk" PRIMARY KEY("client_id","account_id")
);
--> statement-breakpoint
CREATE TABLE "installation_events" (
	"seq" bigint PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"account_id" uuid NOT NULL,
	"type" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "unnumbered_events" (
	"account_id" uuid NOT NULL,
	"recorded_at" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
	"type" text NOT NULL,
	CONSTRAINT "unnumbered_events_account_id_recorded_at_type_pk" PRIMARY KEY("account_id","recorded_at","type")
);
--> statement-breakpoint
CREATE TABLE "audit_checkpoints" (
	"writer" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"mac" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"kid" text NOT NULL,
	"signature" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_entries" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"actor_name" text,
	"event" text NOT NULL,
	"account_id" uuid,
	"generation" integer,
	"details" jsonb NOT NULL,
	"entry_id" uuid,
	"kid" text,
	"entry_mac" text,
	"writer" text,
	"writer_seq" bigint,
	"chain_kid" text,
	"chain_mac" text
);
--> statement-breakpoint
CREATE TABLE "audit_heads" (
	"writer" text PRIMARY KEY NOT NULL,
	"seq" bigint NOT NULL,
	"mac" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"kid" text NOT NULL,
	"signature" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_writers" (
	"slot" integer PRIMARY KEY NOT NULL,
	"holder" uuid NOT NULL,
	"leased_until" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "hand_out_groups" (
	"month" date NOT NULL,
	"writer" text NOT NULL,
	"seq" bigint NOT NULL,
	"kind" bigint NOT NULL,
	"account_id" uuid NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"entries" bigint[] NOT NULL,
	"kid" text NOT NULL,
	"mac" text NOT NULL,
	CONSTRAINT "hand_out_groups_month_writer_seq_pk" PRIMARY KEY("month","writer","seq")
) PARTITION BY LIST ("month");
--> statement-breakpoint
CREATE TABLE "hand_out_kinds" (
	"month" date NOT NULL,
	"writer" text NOT NULL,
	"no" bigint NOT NULL,
	"account_id" uuid NOT NULL,
	"generation" integer NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"key" text,
	"scopes" text[] NOT NULL,
	"fingerprint" text NOT NULL,
	"left_as" uuid,
	"kid" text NOT NULL,
	"mac" text NOT NULL,
	CONSTRAINT "hand_out_kinds_month_writer_no_pk" PRIMARY KEY("month","writer","no")
) PARTITION BY LIST ("month");
--> statement-breakpoint
CREATE TABLE "callback_identities" (
	"identity_digest" text NOT NULL,
	"account_id" uuid NOT NULL,
	"content_digest" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "callback_identities_identity_digest_account_id_content_digest_issued_at_pk" PRIMARY KEY("identity_digest","account_id","content_digest","issued_at")
);
--> statement-breakpoint
CREATE TABLE "callbacks" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"app_id" text NOT NULL,
	"type" text NOT NULL,
	"content_digest" text NOT NULL,
	"issued_at" timestamp (3) with time zone NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"outcome" text NOT NULL,
	"generation" integer,
	"sealed_body" text,
	"claim_names" text[] NOT NULL,
	"algorithm" text,
	"issuer" text,
	"audiences" text[],
	CONSTRAINT "callbacks_account_id_id_pk" PRIMARY KEY("account_id","id")
);
--> statement-breakpoint
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
CREATE TABLE "heartbeats" (
	"id" integer PRIMARY KEY NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"history" uuid DEFAULT gen_random_uuid() NOT NULL,
	"beats" bigint DEFAULT 1 NOT NULL,
	"found_behind_at" timestamp with time zone,
	"found_behind_by" text
);
--> statement-breakpoint
CREATE TABLE "restores" (
	"feed_from" bigint PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"knew_until" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "shared_turns" (
	"name" text PRIMARY KEY NOT NULL,
	"next_at_ms" double precision NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sweeps" (
	"name" text PRIMARY KEY NOT NULL,
	"next_at" timestamp (3) with time zone NOT NULL,
	"holder" integer
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"account_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"destination" jsonb NOT NULL,
	"state" text DEFAULT 'waiting' NOT NULL,
	"reason" text,
	"attempts" integer DEFAULT 0 NOT NULL,
	"is_sending" boolean DEFAULT false NOT NULL,
	"next_try_at" timestamp (3) with time zone,
	"last_try_at" timestamp (3) with time zone,
	"awaits_account" boolean DEFAULT false NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "deliveries_account_id_run_id_position_pk" PRIMARY KEY("account_id","run_id","position")
);
--> statement-breakpoint
CREATE TABLE "signing_secrets" (
	"account_id" uuid PRIMARY KEY NOT NULL,
	"sealed_secret" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "saved_filters" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"filter" jsonb NOT NULL,
	"saved_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "saved_filters_account_id_id_pk" PRIMARY KEY("account_id","id")
);
--> statement-breakpoint
CREATE TABLE "machine_readings" (
	"account_id" uuid NOT NULL,
	"machine_id" text NOT NULL,
	"slot" integer NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"operating_hours" double precision,
	"idle_hours" double precision,
	"fuel_percent" double precision,
	"read_with" text[] NOT NULL,
	CONSTRAINT "machine_readings_account_id_machine_id_slot_pk" PRIMARY KEY("account_id","machine_id","slot")
);
--> statement-breakpoint
CREATE TABLE "machines" (
	"account_id" uuid NOT NULL,
	"machine_id" text NOT NULL,
	"name" text,
	"brand" text,
	"model" text,
	"serial_number" text,
	"type" text,
	"site_id" text,
	"site_name" text,
	"groups" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"latitude" double precision,
	"longitude" double precision,
	"address" text,
	"last_seen_at" timestamp (3) with time zone,
	"operating_hours" double precision,
	"idle_hours" double precision,
	"fuel_percent" double precision,
	"battery_percent" double precision,
	"counters_at" timestamp (3) with time zone,
	"seen_at" timestamp (3) with time zone NOT NULL,
	"seen_in_runs" uuid[] DEFAULT '{}' NOT NULL,
	"gone_at" timestamp (3) with time zone,
	"read_with" text[] NOT NULL,
	CONSTRAINT "machines_account_id_machine_id_pk" PRIMARY KEY("account_id","machine_id")
);
--> statement-breakpoint
CREATE TABLE "reported_sites" (
	"account_id" uuid NOT NULL,
	"question" text NOT NULL,
	"machine_id" text NOT NULL,
	"site_id" text,
	"site_name" text,
	"reported_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "reported_sites_account_id_question_machine_id_pk" PRIMARY KEY("account_id","question","machine_id")
);
--> statement-breakpoint
CREATE TABLE "receivers" (
	"account_id" uuid NOT NULL,
	"address" text NOT NULL,
	"mailbox" text NOT NULL,
	"state" text NOT NULL,
	"ask_id" uuid,
	"asked_at" timestamp (3) with time zone,
	"asks" integer DEFAULT 0 NOT NULL,
	"answered_at" timestamp (3) with time zone,
	CONSTRAINT "receivers_account_id_address_pk" PRIMARY KEY("account_id","address")
);
--> statement-breakpoint
CREATE TABLE "trusted_domains" (
	"account_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"domain" text NOT NULL,
	"added_by" jsonb NOT NULL,
	"added_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "trusted_domains_account_id_kind_domain_pk" PRIMARY KEY("account_id","kind","domain")
);
--> statement-breakpoint
CREATE TABLE "artifact_chunks" (
	"account_id" uuid NOT NULL,
	"artifact_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"content" "bytea" NOT NULL,
	CONSTRAINT "artifact_chunks_account_id_artifact_id_position_pk" PRIMARY KEY("account_id","artifact_id","position")
);
--> statement-breakpoint
CREATE TABLE "artifacts" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"name" text NOT NULL,
	"media_type" text NOT NULL,
	"bytes" integer DEFAULT 0 NOT NULL,
	"chunks" integer DEFAULT 0 NOT NULL,
	"complete" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "artifacts_id_account_id_pk" PRIMARY KEY("id","account_id")
);
--> statement-breakpoint
CREATE TABLE "run_result_rows" (
	"account_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"row_id" text NOT NULL,
	"about" text,
	"machine" jsonb,
	"cells" jsonb NOT NULL,
	"is_new" boolean NOT NULL,
	"searched" text NOT NULL,
	CONSTRAINT "run_result_rows_account_id_run_id_position_pk" PRIMARY KEY("account_id","run_id","position")
);
--> statement-breakpoint
CREATE TABLE "run_results" (
	"account_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"previous_run_id" uuid,
	"rows" integer DEFAULT 0 NOT NULL,
	"columns" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"chart" jsonb,
	"detail" text,
	"figure" jsonb,
	"offer" jsonb,
	"early" jsonb,
	"counts" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "run_results_account_id_run_id_pk" PRIMARY KEY("account_id","run_id")
);
--> statement-breakpoint
CREATE TABLE "run_effects" (
	"account_id" uuid NOT NULL,
	"change_set_id" uuid NOT NULL,
	"key" text NOT NULL,
	"run_id" uuid NOT NULL,
	"description" text NOT NULL,
	"state" text NOT NULL,
	"outcome" jsonb,
	"reason" text,
	"meant_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "run_effects_account_id_change_set_id_key_pk" PRIMARY KEY("account_id","change_set_id","key")
);
--> statement-breakpoint
CREATE TABLE "run_events" (
	"account_id" uuid NOT NULL,
	"run_id" uuid NOT NULL,
	"seq" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"body" jsonb NOT NULL,
	CONSTRAINT "run_events_account_id_run_id_seq_pk" PRIMARY KEY("account_id","run_id","seq")
);
--> statement-breakpoint
CREATE TABLE "runs" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"action_id" text NOT NULL,
	"mode" text NOT NULL,
	"input" jsonb NOT NULL,
	"idempotency_key" text NOT NULL,
	"started_by" jsonb NOT NULL,
	"reads_with" text[] NOT NULL,
	"may_overlap" boolean NOT NULL,
	"urgency" smallint DEFAULT 0 NOT NULL,
	"schedule_id" uuid,
	"time_zone" text,
	"unit_system" text,
	"language" text,
	"account_name" text,
	"preview_run_id" uuid,
	"leave_out" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"retry_of" uuid,
	"deliver_to" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"state" text NOT NULL,
	"waiting_until" timestamp (3) with time zone,
	"waiting_for" jsonb,
	"promoted_at" timestamp (3) with time zone,
	"epoch" integer DEFAULT 0 NOT NULL,
	"replica_id" integer,
	"awaits_account" boolean DEFAULT false NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"retries" integer DEFAULT 0 NOT NULL,
	"crashes" integer DEFAULT 0 NOT NULL,
	"checkpoint" jsonb,
	"progress" jsonb NOT NULL,
	"steps" jsonb NOT NULL,
	"headline" text,
	"incomplete" text,
	"reason" text,
	"failure" text,
	"last_seq" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "runs_id_account_id_pk" PRIMARY KEY("id","account_id")
);
--> statement-breakpoint
CREATE TABLE "declined_offers" (
	"account_id" uuid NOT NULL,
	"user_id" text NOT NULL,
	"action_id" text NOT NULL,
	"declined_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "declined_offers_account_id_user_id_action_id_pk" PRIMARY KEY("account_id","user_id","action_id")
);
--> statement-breakpoint
CREATE TABLE "schedules" (
	"id" uuid DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"action_id" text NOT NULL,
	"input" jsonb NOT NULL,
	"recurrence" text NOT NULL,
	"time_zone" text NOT NULL,
	"unit_system" text,
	"language" text,
	"account_name" text,
	"deliver_to" jsonb NOT NULL,
	"state" text NOT NULL,
	"reason" text,
	"anchor_at" timestamp (3) with time zone NOT NULL,
	"next_at" timestamp (3) with time zone,
	"due_at" timestamp (3) with time zone,
	"awaits_account" boolean DEFAULT false NOT NULL,
	"ends_at" timestamp (3) with time zone,
	"notice_due_at" timestamp (3) with time zone,
	"last_run_id" uuid,
	"created_by" jsonb NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "schedules_id_account_id_pk" PRIMARY KEY("id","account_id")
);
--> statement-breakpoint
CREATE TABLE "encryption_key_readers" (
	"replica_id" integer PRIMARY KEY NOT NULL,
	"writes" text NOT NULL,
	"reads" text[] NOT NULL
);
--> statement-breakpoint
CREATE TABLE "used_keys" (
	"ring" text NOT NULL,
	"kid" text NOT NULL,
	"fingerprint" text NOT NULL,
	CONSTRAINT "used_keys_ring_kid_pk" PRIMARY KEY("ring","kid")
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
CREATE TABLE "key_sets" (
	"url" text PRIMARY KEY NOT NULL,
	"keys" json NOT NULL,
	"fetched_at" timestamp (3) with time zone NOT NULL,
	"mac" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "rate_budgets" (
	"account_id" uuid NOT NULL,
	"key" text NOT NULL,
	"state" jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "rate_budgets_account_id_key_pk" PRIMARY KEY("account_id","key")
);
--> statement-breakpoint
CREATE TABLE "sign_in_outages" (
	"is_only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"failed_clients" text[] NOT NULL,
	"last_failed_at" timestamp (3) with time zone NOT NULL,
	"since" timestamp (3) with time zone,
	"next_probe_at" timestamp (3) with time zone,
	"probes" integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE "sign_in_successes" (
	"is_only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"client_id" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_account_id_run_id_runs_account_id_id_fk" FOREIGN KEY ("account_id","run_id") REFERENCES "public"."runs"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "artifact_chunks" ADD CONSTRAINT "artifact_chunks_artifact" FOREIGN KEY ("account_id","artifact_id") REFERENCES "public"."artifacts"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "artifacts" ADD CONSTRAINT "artifacts_account_id_run_id_runs_account_id_id_fk" FOREIGN KEY ("account_id","run_id") REFERENCES "public"."runs"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_result_rows" ADD CONSTRAINT "run_result_rows_result" FOREIGN KEY ("account_id","run_id") REFERENCES "public"."run_results"("account_id","run_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_results" ADD CONSTRAINT "run_results_account_id_run_id_runs_account_id_id_fk" FOREIGN KEY ("account_id","run_id") REFERENCES "public"."runs"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_effects" ADD CONSTRAINT "run_effects_account_id_run_id_runs_account_id_id_fk" FOREIGN KEY ("account_id","run_id") REFERENCES "public"."runs"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_events" ADD CONSTRAINT "run_events_account_id_run_id_runs_account_id_id_fk" FOREIGN KEY ("account_id","run_id") REFERENCES "public"."runs"("account_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_content" ON "credentials" USING btree ("account_id","content_digest");--> statement-breakpoint
CREATE UNIQUE INDEX "credentials_in_force" ON "credentials" USING btree ("account_id") WHERE "credentials"."state" in ('active', 'parked');--> statement-breakpoint
CREATE INDEX "credentials_due" ON "credentials" USING btree ("rank","next_attempt_at") WHERE "credentials"."next_attempt_at" is not null;--> statement-breakpoint
CREATE INDEX "credentials_claimed" ON "credentials" USING btree ("claimed_by") WHERE "credentials"."claimed_by" is not null;--> statement-breakpoint
CREATE INDEX "credentials_unsettled" ON "credentials" USING btree ("state","since") WHERE "credentials"."state" in ('pending', 'parked', 'awaiting-approval', 'rejected', 'quarantined');--> statement-breakpoint
CREATE INDEX "credentials_by_state" ON "credentials" USING btree ("state","account_id");--> statement-breakpoint
CREATE INDEX "credentials_by_client" ON "credentials" USING btree ("client_id" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "credentials_unconfirmed" ON "credentials" USING btree ("account_id") WHERE "credentials"."is_unconfirmed";--> statement-breakpoint
CREATE INDEX "credentials_unproven" ON "credentials" USING btree ("since") WHERE "credentials"."proven_at" is null;--> statement-breakpoint
CREATE INDEX "installations_never_served" ON "installations" USING btree ("changed_at") WHERE "installations"."active_generation" is null and "installations"."uninstalled_at" is null;--> statement-breakpoint
CREATE INDEX "installations_unreviewed" ON "installations" USING btree ("account_id") WHERE "installations"."is_unreviewed";--> statement-breakpoint
CREATE INDEX "installations_ended" ON "installations" USING btree ("account_id") WHERE "installations"."suspended_up_to" is not null or "installations"."uninstalled_at" is not null;--> statement-breakpoint
CREATE INDEX "installations_named" ON "installations" USING btree ("account_id") WHERE "installations"."name_in_lower_case" is not null;--> statement-breakpoint
CREATE INDEX "installations_paused" ON "installations" USING btree ("account_id") WHERE "installations"."paused_at" is not null;--> statement-breakpoint
CREATE INDEX "installations_unsettled" ON "installations" USING btree (least("suspended_at", "uninstall_signalled_at", case when "erasing_since" is not null then '-infinity'::timestamptz end)) WHERE least("installations"."suspended_at", "installations"."uninstall_signalled_at", case when "installations"."erasing_since" is not null then '-infinity'::timestamptz end) is not null;--> statement-breakpoint
CREATE INDEX "installation_events_account" ON "installation_events" USING btree ("account_id","seq");--> statement-breakpoint
CREATE INDEX "audit_entries_shown" ON "audit_entries" USING btree ("account_id","at","id") WHERE "audit_entries"."event" not like 'change.%';--> statement-breakpoint
CREATE INDEX "audit_entries_changes" ON "audit_entries" USING btree (("details" ->> 'runId'),"at","id") WHERE "audit_entries"."event" like 'change.%';--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entries_entry" ON "audit_entries" USING btree ("entry_id");--> statement-breakpoint
CREATE UNIQUE INDEX "audit_entries_chain" ON "audit_entries" USING btree ("writer","writer_seq");--> statement-breakpoint
CREATE INDEX "audit_entries_unchained" ON "audit_entries" USING btree ("id") WHERE "audit_entries"."writer" is null;--> statement-breakpoint
CREATE INDEX "hand_out_groups_account" ON "hand_out_groups" USING btree ("account_id","at");--> statement-breakpoint
CREATE INDEX "hand_out_kinds_account" ON "hand_out_kinds" USING btree ("account_id","generation");--> statement-breakpoint
CREATE UNIQUE INDEX "hand_out_kinds_left" ON "hand_out_kinds" USING btree ("month","left_as") WHERE "hand_out_kinds"."left_as" is not null;--> statement-breakpoint
CREATE INDEX "callback_identities_received" ON "callback_identities" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "callbacks_account_id_received_at_index" ON "callbacks" USING btree ("account_id","received_at");--> statement-breakpoint
CREATE INDEX "callbacks_account_id_content_digest_index" ON "callbacks" USING btree ("account_id","content_digest");--> statement-breakpoint
CREATE INDEX "callbacks_received" ON "callbacks" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "callbacks_ageing" ON "callbacks" USING btree ("received_at") WHERE "callbacks"."generation" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "held_callbacks_content" ON "held_callbacks" USING btree ("identity_digest","content_digest");--> statement-breakpoint
CREATE INDEX "held_callbacks_state" ON "held_callbacks" USING btree ("state","received_at");--> statement-breakpoint
CREATE INDEX "deliveries_due" ON "deliveries" USING btree ("next_try_at") WHERE "deliveries"."state" = 'waiting' and not "deliveries"."awaits_account";--> statement-breakpoint
CREATE INDEX "deliveries_awaiting_account" ON "deliveries" USING btree ("account_id") WHERE "deliveries"."awaits_account";--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_sending" ON "deliveries" USING btree ("account_id") WHERE "deliveries"."state" = 'waiting' and "deliveries"."is_sending";--> statement-breakpoint
CREATE INDEX "deliveries_failed" ON "deliveries" USING btree ("account_id","ended_at") WHERE "deliveries"."state" = 'failed';--> statement-breakpoint
CREATE INDEX "deliveries_by_state" ON "deliveries" USING btree ("state",coalesce("ended_at", "next_try_at") desc nulls last,"run_id","position");--> statement-breakpoint
CREATE INDEX "deliveries_of_account" ON "deliveries" USING btree ("account_id","last_try_at");--> statement-breakpoint
CREATE UNIQUE INDEX "saved_filters_name" ON "saved_filters" USING btree ("account_id",lower("name"));--> statement-breakpoint
CREATE INDEX "machine_readings_by_age" ON "machine_readings" USING btree ("at");--> statement-breakpoint
CREATE INDEX "machines_by_age" ON "machines" USING btree ("seen_at");--> statement-breakpoint
CREATE INDEX "receivers_of_mailbox" ON "receivers" USING btree ("account_id","mailbox");--> statement-breakpoint
CREATE INDEX "receivers_asked" ON "receivers" USING btree ("account_id","asked_at");--> statement-breakpoint
CREATE UNIQUE INDEX "artifacts_of_run" ON "artifacts" USING btree ("account_id","run_id","name");--> statement-breakpoint
CREATE INDEX "artifacts_by_age" ON "artifacts" USING btree ("created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "run_result_rows_id" ON "run_result_rows" USING btree ("account_id","run_id","row_id");--> statement-breakpoint
CREATE INDEX "run_results_by_age" ON "run_results" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "run_effects_by_run" ON "run_effects" USING btree ("account_id","run_id");--> statement-breakpoint
CREATE UNIQUE INDEX "runs_idempotency" ON "runs" USING btree ("account_id","idempotency_key");--> statement-breakpoint
CREATE INDEX "runs_newest" ON "runs" USING btree ("account_id","created_at","id");--> statement-breakpoint
CREATE INDEX "runs_last_of_action" ON "runs" USING btree ("account_id","action_id","ended_at") WHERE "runs"."ended_at" is not null;--> statement-breakpoint
CREATE INDEX "runs_of_schedule" ON "runs" USING btree ("account_id","schedule_id","created_at","id") WHERE "runs"."schedule_id" is not null;--> statement-breakpoint
CREATE INDEX "runs_of_preview" ON "runs" USING btree ("account_id","preview_run_id") WHERE "runs"."preview_run_id" is not null;--> statement-breakpoint
CREATE INDEX "runs_by_end" ON "runs" USING btree ("ended_at");--> statement-breakpoint
CREATE INDEX "runs_by_state" ON "runs" USING btree ("state","created_at","id");--> statement-breakpoint
CREATE INDEX "runs_working" ON "runs" USING btree ("replica_id") WHERE "runs"."state" in ('running', 'cancelling');--> statement-breakpoint
CREATE INDEX "runs_due" ON "runs" USING btree ("urgency",coalesce("waiting_until", "promoted_at")) WHERE "runs"."promoted_at" is not null and "runs"."ended_at" is null and "runs"."replica_id" is null
          and (not "runs"."awaits_account" or "runs"."state" = 'cancelling');--> statement-breakpoint
CREATE INDEX "runs_awaiting_account" ON "runs" USING btree ("account_id") WHERE "runs"."awaits_account";--> statement-breakpoint
CREATE INDEX "runs_promoted" ON "runs" USING btree ("account_id") WHERE "runs"."promoted_at" is not null and "runs"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "runs_waiting" ON "runs" USING btree ("account_id","urgency","created_at") WHERE "runs"."state" = 'queued' and "runs"."promoted_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "runs_no_overlap" ON "runs" USING btree ("account_id","action_id") WHERE "runs"."state" in ('running', 'waiting', 'cancelling') and not "runs"."may_overlap";--> statement-breakpoint
CREATE INDEX "schedules_newest" ON "schedules" USING btree ("account_id","created_at","id");--> statement-breakpoint
CREATE INDEX "schedules_ending" ON "schedules" USING btree ("ends_at") WHERE "schedules"."state" = 'active';--> statement-breakpoint
CREATE INDEX "schedules_due" ON "schedules" USING btree ("due_at") WHERE "schedules"."state" = 'active' and not "schedules"."awaits_account";--> statement-breakpoint
CREATE INDEX "schedules_awaiting_account" ON "schedules" USING btree ("account_id") WHERE "schedules"."awaits_account";--> statement-breakpoint
CREATE INDEX "token_leases_due" ON "token_leases" USING btree ("refresh_at") WHERE "token_leases"."refresh_at" is not null;--> statement-breakpoint
CREATE INDEX "rate_budgets_by_age" ON "rate_budgets" USING btree ("updated_at");