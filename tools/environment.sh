#!/bin/sh
# Makes or updates .venv from a pinned file: tools/environment.sh requirements.txt
# Compares a checksum with that of the last installation, so that nothing is done twice.
set -eu
cd "$(dirname "$0")/.."
wanted=$1
stamp=".venv/.installed-$wanted"
sum=$(cksum "$wanted")
if [ -x .venv/bin/python ] && [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$sum" ]; then
  exit 0
fi

python=
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
  if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
    "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
if [ -z "$python" ]; then
  echo "Python 3.11 or newer was not found. Install it, or name it: make run PYTHON=/path/to/python3" >&2
  exit 1
fi

echo "Installing $wanted into .venv …"
if command -v uv >/dev/null 2>&1; then
  [ -x .venv/bin/python ] || uv venv --quiet --python "$python" .venv
  uv pip install --quiet --python .venv/bin/python -r "$wanted"
else
  if ! [ -x .venv/bin/python ] && ! "$python" -m venv .venv; then
    echo "The venv module is missing. On Debian and Ubuntu: apt-get install python3-venv" >&2
    exit 1
  fi
  .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip --upgrade >/dev/null
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$wanted"
fi
echo "$sum" >"$stamp"
# The development requirements hold everything the program needs, too.
if [ "$wanted" = requirements-dev.txt ]; then
  cksum requirements.txt >.venv/.installed-requirements.txt
fi
