#!/bin/sh
# Makes Temporal's two databases, or upgrades their schemas; run again, it changes nothing. Needs temporal-sql-tool and:
#   POSTGRES_SEEDS (host), DB_PORT, POSTGRES_USER, SQL_PASSWORD; SCHEMA_DIR where the image keeps its schemas elsewhere.
set -eu

SCHEMA_DIR=${SCHEMA_DIR:-/etc/temporal/schema/postgresql/v12}

sql_tool() {
  database=$1
  shift
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" --db "$database" "$@"
}

prepare() {
  database=$1
  schema=$2
  sql_tool "$database" create
  # Versions begin at 0.0; a database that has one already is only upgraded.
  sql_tool "$database" setup-schema --version 0.0
  sql_tool "$database" update-schema --schema-dir "$SCHEMA_DIR/$schema/versioned"
}

prepare temporal temporal
prepare temporal_visibility visibility
echo 'Temporal schemas are ready.'
