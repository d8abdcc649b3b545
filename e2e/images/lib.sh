# Shared by the scripts that build images: source it after e2e/lib.sh, do not run it.
# shellcheck shell=bash

# cached NAME KEY BUILDER: prints a folder that BUILDER has filled, once per key; it is whole or absent
cached() {
  local cache target draft
  cache=$(cache_dir)/images
  target=$cache/$1-$(sha256sum <<<"$2 $(declare -f "$3")" | cut -c 1-16)
  if [[ ! -d $target ]]; then
    mkdir -p "$cache"
    draft=$(mktemp -d "$cache/.draft.XXXXXX")
    log "  images: making $1 (kept in $target)"
    "$3" "$draft/$1" >&2
    chmod -R u+w,go+rX "$draft/$1"
    mv -T "$draft/$1" "$target" 2>/dev/null || [[ -d $target ]] || die "cannot write $target"
    rm -rf "$draft"
  fi
  echo "$target"
}

# linked_with FOLDER…: the system's shared libraries that programs and libraries below the folders are linked with
linked_with() {
  local folder inside=()
  for folder in "$@"; do inside+=(-e "^$folder/"); done
  find "$@" -type f \( -name '*.so' -o -name '*.so.*' -o -path '*/bin/*' -o -name jspawnhelper \) -exec ldd {} + 2>/dev/null |
    sed -nE 's/^\t(.* => )?(\/[^ ]+) \(0x.*/\2/p' | grep -v "${inside[@]}" | sort -u
}

# package_of FILE: the Debian package that owns it, which may know it with or without /usr
package_of() {
  local path
  for path in "$1" "/usr$1" "$(realpath "$1")"; do
    if dpkg -S "$path" 2>/dev/null | sed 's/:.*//' | grep -m 1 .; then return; fi
  done
  die "$1 belongs to no package; images are built on Debian or Ubuntu"
}

# copy_system FOLDER: reads paths of the system's libraries, copies them with the records of their packages where
# image scanners look, and adds what a process without a name and without a place to write needs
copy_system() {
  local library package
  mkdir -p "$1"/{etc,tmp,var/lib/dpkg/status.d}
  while read -r library; do
    install -D "$(realpath "$library")" "$1$library"
    package=$(package_of "$library")
    dpkg-query -s "$package" >"$1/var/lib/dpkg/status.d/$package"
  done
  cp -L /etc/os-release "$1/etc/os-release"
  echo 'nonroot:x:65532:65532:nonroot:/tmp:/sbin/nologin' >"$1/etc/passwd"
  echo 'nonroot:x:65532:' >"$1/etc/group"
  echo 'hosts: files dns' >"$1/etc/nsswitch.conf"
}
