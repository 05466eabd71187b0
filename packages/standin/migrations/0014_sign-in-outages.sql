CREATE TABLE "sign_in_outages" (
	"is_only_row" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"failed_clients" text[] NOT NULL,
	"last_failed_at" timestamp (3) with time zone NOT NULL,
	"since" timestamp (3) with time zone,
	"next_probe_at" timestamp (3) with time zone,
	"probes" integer NOT NULL
);
