#!/bin/sh
# Runs a command with the settings of standin.service, as root: sudo standin doctor
#   install -m 755 deploy/standin-command.sh /usr/local/sbin/standin
set -eu
unit=${UNIT:-/etc/systemd/system/standin.service}
of_unit() { sed -n "s|^$1=||p" "$unit"; }

# Sets what each line names, as systemd does: no shell reads the values.
set_each() {
  while IFS= read -r line; do
    case $line in [A-Za-z_]*=*) ;; *) continue ;; esac
    value=${line#*=}
    case $value in
      \"*\") value=${value#\"} value=${value%\"} ;;
      \'*\') value=${value#\'} value=${value%\'} ;;
    esac
    export "${line%%=*}=$value"
  done
}

# systemd would show the server copies of these files (%d). Root reads the files themselves.
secrets=$(of_unit LoadCredential | sed -n '1s|^[^:]*:\(.*\)/.*|\1|p')
set_each <<SETTINGS
$(of_unit Environment | sed "s|%d|$secrets|")
SETTINGS
set_each <"$(of_unit EnvironmentFile)"
cd "$(of_unit WorkingDirectory)"
exec bin/standin "$@"
