#!/usr/bin/env bash
# Unpacks OpenSMTPD from its Debian package into a folder, without installing it: Debian's mail servers exclude each other.
#
#   Scripts/interop-servers.sh FOLDER
#
# FOLDER becomes the root that Scripts/interop starts OpenSMTPD in: the server's fixed paths (queue, socket, configuration,
# user list) all lie inside, so nothing of the machine's own is read or changed.
set -euo pipefail
folder=${1:?folder}
download=$(mktemp -d)
trap 'rm -rf "$download"' EXIT
# apt downloads as its own user where it can.
chmod 755 "$download"
if [ "$(id -u)" = 0 ] && getent passwd _apt >/dev/null; then chown _apt "$download"; fi

cd "$download"
packages=(opensmtpd)
for library in libevent-2.1-7 libdb5.3 libpam0g; do
    dpkg -s "$library" >/dev/null 2>&1 || packages+=("$library")
done
apt-get download -qq "${packages[@]}" || { apt-get update -qq && apt-get download -qq "${packages[@]}"; }
# Under another name until it is complete.
target=$folder
folder=$target.part
rm -rf "$folder" "$target"
mkdir -p "$folder"
for package in ./*.deb; do dpkg -x "$package" "$folder"; done

# What the server and its delivery program need of the system, at the same paths.
mkdir -p "$folder/bin"
cp /bin/sh "$folder/bin/sh"
search=$(find "$folder" -name '*.so*' -printf '%h\n' | sort -u | paste -sd: -)
for program in "$folder/usr/sbin/smtpd" "$folder/usr/libexec/opensmtpd/mail.maildir" "$folder/bin/sh"; do
    LD_LIBRARY_PATH=$search ldd "$program" | grep -o '/[^ ]*' | while read -r library; do
        case $library in "$folder"/*) continue ;; esac
        mkdir -p "$folder$(dirname "$library")"
        cp -L "$library" "$folder$library"
    done
done
mv "$folder" "$target"
