#!/usr/bin/env bash
# Makes sure that there is a Chromium for the browser tests, or says what will be skipped.
set -eu

found=$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)
if [ -n "$found" ]; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Chromium for the browser tests ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium >/dev/null
  exit 0
fi
if [ -n "${CI:-}" ]; then
  echo "There is no Chromium, and in CI the browser tests must run." >&2
  exit 1
fi
echo "No Chromium found: the browser tests will be skipped. Install it (Debian: apt-get install chromium) or set CHROMIUM=/path/to/chrome."
