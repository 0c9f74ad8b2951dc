#!/bin/sh
# The control plane's database with its two roles: one owns the tables and migrates, the other
# serves and owns nothing. PostgreSQL's image runs this at its first start.
set -eu
psql -X -v ON_ERROR_STOP=1 -v owner="$TESSERA_OWNER_PASSWORD" -v server="$TESSERA_SERVER_PASSWORD" \
    ${POSTGRES_USER:+--username="$POSTGRES_USER"} <<'SQL'
CREATE ROLE tessera_owner LOGIN PASSWORD :'owner';
CREATE ROLE tessera_server LOGIN PASSWORD :'server';
CREATE DATABASE tessera_control OWNER tessera_owner;
SQL
