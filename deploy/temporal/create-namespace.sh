#!/bin/sh
# Makes Omega's namespace and search attributes on a Temporal server; run again, it changes nothing. Needs the temporal CLI and:
#   TEMPORAL_ADDRESS, OMEGA_NAMESPACE, OMEGA_RETENTION (30d), OMEGA_SEARCH_ATTRIBUTES (names separated by blanks, all keywords).
set -eu

ATTEMPTS=60
attempt=1
until temporal operator cluster health >/dev/null 2>&1; do
  if [ "$attempt" -ge "$ATTEMPTS" ]; then
    echo "No Temporal server answers at $TEMPORAL_ADDRESS: look at its log." >&2
    exit 1
  fi
  attempt=$((attempt + 1))
  sleep 1
done

if temporal operator namespace describe --namespace "$OMEGA_NAMESPACE" >/dev/null 2>&1; then
  temporal operator namespace update --namespace "$OMEGA_NAMESPACE" --retention "$OMEGA_RETENTION"
else
  temporal operator namespace create --namespace "$OMEGA_NAMESPACE" --retention "$OMEGA_RETENTION"
fi

# A new namespace is known to all of the server's parts after its cache refreshes: seconds, so the attributes are tried for a while.
for name in $OMEGA_SEARCH_ATTRIBUTES; do
  attempt=1
  until
    temporal operator search-attribute list --namespace "$OMEGA_NAMESPACE" 2>/dev/null | grep -qw "$name" ||
      temporal operator search-attribute create --namespace "$OMEGA_NAMESPACE" --name "$name" --type Keyword
  do
    if [ "$attempt" -ge "$ATTEMPTS" ]; then
      echo "Search attribute $name cannot be made in namespace $OMEGA_NAMESPACE." >&2
      exit 1
    fi
    attempt=$((attempt + 1))
    sleep 1
  done
done
echo "Namespace $OMEGA_NAMESPACE is ready."
