CREATE TABLE "saved_filters" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"account_id" uuid NOT NULL,
	"name" text NOT NULL,
	"filter" jsonb NOT NULL,
	"saved_at" timestamp (3) with time zone DEFAULT now() NOT NULL
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
	"seen_in_run" uuid NOT NULL,
	"told_at" timestamp (3) with time zone,
	"told_site_id" text,
	"told_site_name" text,
	CONSTRAINT "machines_account_id_machine_id_pk" PRIMARY KEY("account_id","machine_id")
);
--> statement-breakpoint
CREATE TABLE "run_result_rows" (
	"run_id" uuid NOT NULL,
	"position" integer NOT NULL,
	"row_id" text NOT NULL,
	"machine" jsonb,
	"cells" jsonb NOT NULL,
	"is_new" boolean NOT NULL,
	"searched" text NOT NULL,
	CONSTRAINT "run_result_rows_run_id_position_pk" PRIMARY KEY("run_id","position")
);
--> statement-breakpoint
CREATE TABLE "run_results" (
	"run_id" uuid PRIMARY KEY NOT NULL,
	"previous_run_id" uuid,
	"rows" integer DEFAULT 0 NOT NULL,
	"columns" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"chart" jsonb,
	"detail" text
);
--> statement-breakpoint
ALTER TABLE "credentials" ADD COLUMN "released_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "run_result_rows" ADD CONSTRAINT "run_result_rows_run_id_run_results_run_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."run_results"("run_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "run_results" ADD CONSTRAINT "run_results_run_id_runs_id_fk" FOREIGN KEY ("run_id") REFERENCES "public"."runs"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "saved_filters_name" ON "saved_filters" USING btree ("account_id",lower("name"));--> statement-breakpoint
CREATE INDEX "machine_readings_by_age" ON "machine_readings" USING btree ("at");--> statement-breakpoint
CREATE INDEX "machines_by_age" ON "machines" USING btree ("seen_at");--> statement-breakpoint
CREATE UNIQUE INDEX "run_result_rows_id" ON "run_result_rows" USING btree ("run_id","row_id");