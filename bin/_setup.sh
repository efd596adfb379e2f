# Sourced by the scripts beside it, under any POSIX sh. Makes the virtual environment when it is missing or out of date.
# Takes: root (the checkout), groups (nothing, or "dev"). Gives: venv (the environment's folder), python (its Python).

umask 022

find_python() {
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

if ! system_python=$(find_python); then
    echo "Genjin needs Python 3.11 or newer as python3 (Debian/Ubuntu: apt-get install python3; macOS: brew install python3)." >&2
    exit 1
fi

# Some build machines have no home; uv and Python want one.
if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ]; then
    HOME="$root/var/home"
    mkdir -p "$HOME"
    export HOME
fi

venv=$("$system_python" -I "$root/bin/_setup.py" ${groups:+"$groups"}) || exit 1
python="$venv/bin/python"
