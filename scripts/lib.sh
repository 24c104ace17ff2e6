# Shared by the scripts of this folder: where things are, and how they speak.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
STATE="$ROOT/target/state"
TOOLS="$ROOT/target/tools"
mkdir -p "$STATE"
cd "$ROOT"

if [ -t 2 ]; then BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' OFF=$'\e[0m'; else BOLD='' DIM='' RED='' OFF=''; fi
step() { printf '%s==>%s %s\n' "$BOLD" "$OFF" "$*" >&2; }
note() { printf '    %s%s%s\n' "$DIM" "$*" "$OFF" >&2; }
fail() { printf '%serror:%s %s\n' "$RED" "$OFF" "$*" >&2; exit 1; }

# hash_of PATH...: one hash over the tracked and new files below the paths. A file that was deleted and
# is still tracked has none, which is no reason to stop.
hash_of() { git ls-files -co --exclude-standard -z -- "$@" | sort -z | { xargs -0 sha256sum 2>/dev/null || true; } | sha256sum | cut -d' ' -f1; }

# fresh NAME HASH: true when the stamp NAME already holds HASH.
fresh() { [ "$(cat "$STATE/$1" 2>/dev/null)" = "$2" ]; }
stamp() { printf '%s' "$2" >"$STATE/$1"; }

# Clippy compiles our own crates in every build, so that linting needs no second build of the dependencies.
if clippy-driver --version >/dev/null 2>&1; then export RUSTC_WORKSPACE_WRAPPER=clippy-driver; fi
