#!/usr/bin/env bash
# Makes sure that there is a Python for the tests of nodes in Python, or says what will be skipped.
set -eu

if "${REMOTEMEDIA_PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "Installing Python for the tests of nodes in Python ..."
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends python3 >/dev/null
  exit 0
fi
if [ -n "${CI:-}" ]; then
  echo "There is no Python 3.9 or newer, and in CI the tests with it must run." >&2
  exit 1
fi
echo "No Python 3.9 or newer found: tests of nodes in CPython will be skipped. Install it (Debian: apt-get install python3) or set REMOTEMEDIA_PYTHON."
