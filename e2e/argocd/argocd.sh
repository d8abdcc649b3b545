# A real Argo CD beside a cluster, as processes of this machine. Sourced by `up`, `down` and by tests.
# shellcheck shell=bash
#
# STATE (set by the caller) keeps configuration, logs and pid files; any number run side by side.
# argocd_module: where the sources of the Argo CD that is compiled are
argocd_module() { (cd "$E2E/tools/argocd" && go list -m -f '{{.Dir}}' github.com/argoproj/argo-cd/v3); }

# argocd ARGUMENT…: the command line, logged in by `up` as the user admin, or as $ARGOCD_AUTH_TOKEN
argocd() { "$ARGOCD_BINARY" --config "$STATE/argocd/config" "$@"; }
