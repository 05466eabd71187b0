CREATE TABLE "told_places" (
	"account_id" uuid NOT NULL,
	"question" text NOT NULL,
	"machine_id" text NOT NULL,
	"site_id" text,
	"site_name" text,
	"told_at" timestamp (3) with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "told_places_account_id_question_machine_id_pk" PRIMARY KEY("account_id","question","machine_id")
);
