# The control plane: etcd, API server, controllers. Sourced by `control-plane` and by `up`.
# shellcheck shell=bash
#
# STATE (set by the caller) is the folder of its certificates, data and audit log.

# Audit policy: every write, so that a test can prove that a controller at rest writes nothing. NARU_AUDIT_POLICY replaces it.
readonly AUDIT_POLICY='
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules:
- level: Metadata
  verbs: [create, update, patch, delete, deletecollection]
- level: None
'

openssl_quiet() {
  local said
  said=$(openssl "$@" 2>&1) || die "openssl $1 failed: $said"
}

# issue NAME SUBJECT EXTENSIONS: a key and a certificate of our authority, in $STATE/pki
issue() {
  local pki=$STATE/pki name=$1 subject=$2 extensions=$3 key=(ec -pkeyopt ec_paramgen_curve:prime256v1)
  # the Java client of Kubernetes reads an EC key only with one more library
  [[ $name != admin ]] || key=(rsa:2048)
  openssl_quiet req -new -newkey "${key[@]}" -nodes \
    -subj "$subject" -keyout "$pki/$name.key" -out "$pki/$name.csr"
  openssl_quiet x509 -req -in "$pki/$name.csr" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -set_serial "0x$(openssl rand -hex 8)" \
    -days 3650 -extfile <(printf '%s\n' "$extensions") -out "$pki/$name.crt"
  rm "$pki/$name.csr"
}

issue_server() { issue "$1" "/CN=$1" "extendedKeyUsage=serverAuth"$'\n'"subjectAltName=$2"; }
issue_client() { issue "$1" "$2" "extendedKeyUsage=clientAuth"; }

# make_certificates ADDRESS: once; the server's again when the machine has got another address
make_certificates() {
  local pki=$STATE/pki names="IP:127.0.0.1,IP:$1,IP:10.96.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  if [[ ! -f $pki/complete ]]; then
    mkdir -p "$pki"
    chmod 700 "$pki"
    openssl_quiet req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 3650 \
      -subj /CN=naru-local -keyout "$pki/ca.key" -out "$pki/ca.crt"
    openssl_quiet genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$pki/service-account.key"
    issue_client admin /O=system:masters/CN=admin
    issue_client controllers /CN=system:kube-controller-manager
    issue_client scheduler /CN=system:kube-scheduler
    issue_client kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client
    issue_client node /O=system:nodes/CN=system:node:node1
    issue_client proxy /CN=system:kube-proxy
    touch "$pki/complete"
  fi
  if [[ "$(cat "$pki/address" 2>/dev/null)" != "$1" ]]; then
    issue_server kube-apiserver "$names"
    issue_server kubelet "IP:$1,DNS:node1"
    echo "$1" >"$pki/address"
  fi
}

# write_kubeconfig FILE CLIENT SERVER: credentials inside the file, so that it can be copied
write_kubeconfig() {
  local pki=$STATE/pki
  cat >"$1.new" <<END
apiVersion: v1
kind: Config
clusters:
- name: naru
  cluster: {server: "$3", certificate-authority-data: $(base64 -w0 "$pki/ca.crt")}
users:
- name: $2
  user: {client-certificate-data: $(base64 -w0 "$pki/$2.crt"), client-key-data: $(base64 -w0 "$pki/$2.key")}
contexts:
- name: naru
  context: {cluster: naru, user: $2}
current-context: naru
END
  chmod 600 "$1.new"
  mv "$1.new" "$1"
}

# start_etcd PORT PEER_PORT
start_etcd() {
  # without fsync: the data need not survive a power cut, and disks of build machines are slow
  start_daemon etcd "$ETCD" --name naru --data-dir "$STATE/etcd" --unsafe-no-fsync --log-level warn \
    --listen-client-urls "http://127.0.0.1:$1" --advertise-client-urls "http://127.0.0.1:$1" \
    --listen-peer-urls "http://127.0.0.1:$2" --initial-advertise-peer-urls "http://127.0.0.1:$2" \
    --initial-cluster "naru=http://127.0.0.1:$2" --auto-compaction-retention 1h
}

# start_apiserver ADDRESS PORT ETCD_PORT AUDIT_LOG FLAGS…
start_apiserver() {
  local pki=$STATE/pki address=$1 port=$2 etcd_port=$3 audit=$4
  shift 4
  printf '%s' "${NARU_AUDIT_POLICY:-$AUDIT_POLICY}" >"$STATE/audit-policy.yaml"
  start_daemon kube-apiserver "$KUBE_APISERVER" \
    --etcd-servers "http://127.0.0.1:$etcd_port" --bind-address "$address" --advertise-address "$address" --secure-port "$port" \
    --tls-cert-file "$pki/kube-apiserver.crt" --tls-private-key-file "$pki/kube-apiserver.key" --client-ca-file "$pki/ca.crt" \
    --kubelet-client-certificate "$pki/kubelet-client.crt" --kubelet-client-key "$pki/kubelet-client.key" \
    --kubelet-certificate-authority "$pki/ca.crt" --kubelet-preferred-address-types InternalIP \
    --service-account-issuer https://kubernetes.default.svc.cluster.local \
    --service-account-signing-key-file "$pki/service-account.key" --service-account-key-file "$pki/service-account.key" \
    --authorization-mode Node,RBAC --enable-admission-plugins NodeRestriction,OwnerReferencesPermissionEnforcement --allow-privileged \
    --service-cluster-ip-range 10.96.0.0/16 --profiling=false \
    --audit-policy-file "$STATE/audit-policy.yaml" --audit-log-path "$audit" --audit-log-maxsize 1024 --audit-log-maxbackup 1 "$@"
}

# api_server_is_ready ADDRESS PORT: asked with curl, as kubectl would cost half a core while it is polled
api_server_is_ready() {
  local pki=$STATE/pki
  curl -fsS --cacert "$pki/ca.crt" --cert "$pki/admin.crt" --key "$pki/admin.key" "https://$1:$2/readyz"
}

# start_controllers KUBECONFIG FLAGS…: each controller under its own service account, as on a real cluster, so
# that the audit log tells them apart
start_controllers() {
  local pki=$STATE/pki kubeconfig=$1
  shift
  start_daemon kube-controller-manager "$KUBE_CONTROLLER_MANAGER" --kubeconfig "$kubeconfig" --leader-elect=false \
    --use-service-account-credentials --root-ca-file "$pki/ca.crt" --service-account-private-key-file "$pki/service-account.key" \
    --profiling=false --kube-api-qps 200 --kube-api-burst 400 "$@"
}
