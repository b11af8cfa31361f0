#!/bin/sh
#
# Install catena-token on Linux: sh install.sh [VERSION]
#
# It downloads the archive of VERSION (0.1.0; by default the latest release), checks its SHA-256 against the release's
# SHA256SUMS, and puts the program into ~/.local/bin, or into CATENA_TOKEN_INSTALL_DIR. It asks nothing and needs no
# other user's rights. If anything is wrong, it says what, exits with 1 and leaves everything as it was.
#
# CATENA_TOKEN_RELEASES is another address of the releases, such as a mirror's.

set -eu

# The one place of this address here; `dist/verify-install` compares it with Cargo.toml's.
repository=https://github.com/OWNER/catena-token

say() { printf 'install: %s\n' "$*" >&2; }
fail() { say "$*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

fetch() { # ADDRESS FILE
  case $1 in
    https://* | http://127.0.0.1:*) ;;
    *) fail "$1 is not an https address: nothing was installed" ;;
  esac
  if have curl; then
    curl --fail --silent --show-error --location --proto '=https,http' --proto-redir '=https' --output "$2" "$1"
  elif have wget; then
    wget -q -O "$2" "$1"
  else
    fail "curl or wget is needed: install one of them"
  fi || fail "cannot download $1: check the version and the network; nothing was installed"
}

digest() { # FILE
  if have sha256sum; then sha256sum "$1" | cut -d ' ' -f 1
  elif have shasum; then shasum -a 256 "$1" | cut -d ' ' -f 1
  elif have openssl; then openssl dgst -sha256 -r "$1" | cut -d ' ' -f 1
  fi
}

# All of it is a function: a script that was cut off on its way does nothing.
main() {
  releases=${CATENA_TOKEN_RELEASES:-$repository/releases}
  [ "$(uname -s)" = Linux ] || fail "there are programs for Linux only: build it with cargo install"
  case $(uname -m) in
    x86_64 | amd64) target=x86_64-unknown-linux-gnu ;;
    aarch64 | arm64) target=aarch64-unknown-linux-gnu ;;
    *) fail "there is no program for $(uname -m): build it with cargo install" ;;
  esac
  have sha256sum || have shasum || have openssl ||
    fail "nothing here computes a SHA-256: install coreutils or openssl; nothing was installed"
  directory=${CATENA_TOKEN_INSTALL_DIR:-${HOME:?"HOME is not set: name a directory in CATENA_TOKEN_INSTALL_DIR"}/.local/bin}

  work=$(mktemp -d)
  new=""
  trap 'rm -rf "$work" ${new:+"$new"}' EXIT
  trap 'exit 1' HUP INT TERM

  # The sums name the archive, and so the version of the latest release.
  case ${1:-} in
    "") from=$releases/latest/download ;;
    *[!0-9A-Za-z.+-]*) fail "$1 is not a version: write it as 0.1.0" ;;
    *) from=$releases/download/v${1#v} ;;
  esac
  fetch "$from/SHA256SUMS" "$work/sums"
  line=$(grep -E "^[0-9a-f]{64} [ *]catena-token-v[0-9A-Za-z.+-]+-$target\.tar\.gz\$" "$work/sums") ||
    fail "SHA256SUMS of the release names no archive for $target: nothing was installed"
  [ "$(printf '%s\n' "$line" | wc -l)" -eq 1 ] || fail "SHA256SUMS names several archives for $target: nothing was installed"
  sum=${line%% *}
  archive=${line##*[ *]}
  name=${archive%.tar.gz}
  [ -z "${1:-}" ] || [ "$name" = "catena-token-v${1#v}-$target" ] ||
    fail "SHA256SUMS is of another version ($archive): nothing was installed"

  fetch "$from/$archive" "$work/$archive"
  [ "$(digest "$work/$archive")" = "$sum" ] ||
    fail "the SHA-256 of $archive is not the one in SHA256SUMS: nothing was installed; try again, and report it if it stays"
  (cd "$work" && tar -xzf "$archive" "$name/catena-token") || fail "cannot unpack $archive: nothing was installed"

  # A rename replaces a program that is running.
  mkdir -p "$directory" || fail "cannot create $directory: nothing was installed"
  new=$directory/.catena-token-$$
  if ! { cp "$work/$name/catena-token" "$new" && chmod 755 "$new"; }; then
    fail "cannot write to $directory: name another one in CATENA_TOKEN_INSTALL_DIR; nothing was installed"
  fi
  said=$("$new" --version) || fail "the program does not start here: nothing was installed"
  mv -f "$new" "$directory/catena-token" || fail "cannot replace $directory/catena-token: nothing was installed"
  new=""
  say "$said is $directory/catena-token"
  case :$PATH: in
    *:"$directory":*) ;;
    *) say "add $directory to PATH" ;;
  esac
}

main "$@"
