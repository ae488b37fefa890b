#!/bin/bash
# build.sh VERSION DIRECTORY: a chroot with Debian's Asterisk in DIRECTORY/root, made once and kept.
#   22  Debian testing    16  Debian 11 with its security updates
# Needs root and apt; takes the mirror that this machine's own apt uses. Leaves with 69 when the packages cannot be
# had (no network, no mirror, no such version any more), which is nobody's bug; with another code when the build broke.
set -euo pipefail
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
revision=1   # raise it when what is built changes: every cached chroot is then built anew

version=$1 directory=$2
case $version in
  22) suite=testing packages=(asterisk) ;;
  16) suite=bullseye packages=(asterisk) ;;
  *) echo "build.sh: there is no recipe for Asterisk $version" >&2; exit 2 ;;
esac
root=$directory/root new=$directory/root.new stamp="$suite $revision"

say() { echo "asterisk $version: $*"; }
unavailable() { echo "$*" >&2; exit 69; }
built() { [ "$(cat "$root/.amiable-built" 2>/dev/null)" = "$stamp" ]; }

# Mirrors have bad moments. Only downloads are tried twice: a broken installation does not mend by itself.
download() {
  local what=$1 try; shift
  for try in 1 2; do
    "$@" >"$directory/build.log" 2>&1 && return
    tail -n 5 "$directory/build.log" >&2
    [ $try = 2 ] || { say "downloading $what failed, trying once more in 5 s"; sleep 5; }
  done
  unavailable "downloading $what from this machine's Debian mirror failed twice; see $directory/build.log"
}
install() {
  "$@" >>"$directory/build.log" 2>&1 || { tail -n 20 "$directory/build.log" >&2; echo "installing failed: $*" >&2; exit 1; }
}
# A build that was interrupted may have left /proc mounted: never delete through a mount.
discard() {
  local mount
  while read -r mount; do umount -l "$mount"; done < <(awk -v p="$1/" 'index($2, p) == 1 { print $2 }' /proc/mounts | sort -r)
  rm -rf --one-file-system "$1"
}

mkdir -p "$directory"
exec 9>"$directory/build.lock"
flock -n 9 || { say 'another process is building it, waiting'; flock 9; }
built && exit 0

mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/\?$') ||
  unavailable "apt on this machine names no Debian mirror (apt-get indextargets)"
mirror=${mirror%/}
if ! command -v debootstrap >/dev/null; then
  # two builders may start together, and apt has one lock
  say 'installing debootstrap on this machine'
  download 'the package lists' apt-get -o DPkg::Lock::Timeout=300 update
  download debootstrap apt-get -o DPkg::Lock::Timeout=300 install -y debootstrap
fi

say "building a chroot of Debian $suite (about a minute, once)"
discard "$new"
mkdir -p "$new"
script=(/usr/share/debootstrap/scripts/sid)   # every Debian suite is a link to it; a new name may not be one yet
download "Debian $suite" debootstrap --download-only --variant=minbase --include=ca-certificates "$suite" "$new" "$mirror" "${script[@]}"
install debootstrap --variant=minbase --include=ca-certificates "$suite" "$new" "$mirror" "${script[@]}"

# apt inside goes the way that apt outside goes: proxies, checks, retries
apt-config dump | grep -E '^Acquire::(Check-|https?::|Retries|ForceIPv4)' >"$new/etc/apt/apt.conf.d/90machine" || true
# no manuals, no sync after each file, and nothing may be started by a package
printf 'force-unsafe-io\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n' >"$new/etc/dpkg/dpkg.cfg.d/amiable"
printf '#!/bin/sh\nexit 101\n' >"$new/usr/sbin/policy-rc.d"
chmod +x "$new/usr/sbin/policy-rc.d"
if [ "$suite" = bullseye ]; then
  echo "deb $mirror-security bullseye-security main" >"$new/etc/apt/sources.list.d/security.list"
  download 'the security updates' chroot "$new" apt-get update
fi
download "Asterisk $version" chroot "$new" apt-get install -y --no-install-recommends --download-only "${packages[@]}"
install chroot "$new" apt-get install -y --no-install-recommends "${packages[@]}"
if [ "$suite" = bullseye ]; then
  # Here voicemail is a package of its own, and mirrors drop its security update. The release's own module fits: the
  # version is the same, and what is taken is that one file.
  download 'voicemail' chroot "$new" sh -c 'cd /tmp && apt-get download asterisk-voicemail/bullseye && dpkg-deb -x asterisk-voicemail_*.deb voicemail'
  cp "$new/tmp/voicemail/usr/lib/asterisk/modules/app_voicemail.so" "$new/usr/lib/asterisk/modules/"
  rm -r "$new/tmp/"*voicemail*
fi
chroot "$new" apt-get clean

found=$(chroot "$new" /usr/sbin/asterisk -V)
[[ $found = "Asterisk $version."* ]] || unavailable "Debian $suite now carries $found, not $version: name another suite in build.sh"
mkdir -p "$new/run/asterisk"    # /var/run/asterisk is a link to it
echo "$stamp" >"$new/.amiable-built"
discard "$root"
mv "$new" "$root"
say "built: $found"
