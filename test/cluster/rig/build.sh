#!/usr/bin/env bash
# Builds what the test cluster is made of, once, and prints the folder that it is in; what it does meanwhile goes to
# stderr. A second build waits for the first. Exit code 3: nothing is built, and there is no Go to build it with.
set -euo pipefail
cd "$(dirname "$0")"

version() { sed -n "s#^\t$1 \(v[0-9.]*\).*#\1#p;s#^require $1 \(v[0-9.]*\)#\1#p" go.mod | head -n 1; }
kubernetes=$(version k8s.io/kubernetes)
cache=${XDG_CACHE_HOME:-$HOME/.cache}/oms-bot/cluster
inputs=$(cat go.mod go.sum build.sh | sha256sum | cut -c 1-16)

if ! go=$(go env GOVERSION 2>&1); then
  for built in "$cache/$inputs"-*/; do
    [ -f "$built/stages.yaml" ] && echo "${built%/}" && exit 0
  done
  echo "Go is not there, or too old: ${go##*: }" >&2
  exit 3
fi

folder=$cache/$inputs-$go
mkdir -p "$cache"
exec 9> "$cache/lock"
flock 9
[ -d "$folder" ] && echo "$folder" && exit 0

rm -rf "$cache"/building-*
echo "Building Kubernetes $kubernetes with $go: about seven minutes on two cores, once." >&2
new=$(mktemp -d "$cache/building-XXXXXX")
trap 'rm -rf "$new"' EXIT
of=k8s.io/component-base/version
IFS=. read -r major minor _ <<< "${kubernetes#v}"
CGO_ENABLED=0 go build -trimpath -o "$new/" \
  -ldflags "-s -w -X $of.gitVersion=$kubernetes -X $of.gitMajor=$major -X $of.gitMinor=$minor" \
  k8s.io/kubernetes/cmd/{kube-apiserver,kube-controller-manager,kube-scheduler} \
  go.etcd.io/etcd/server/v3 sigs.k8s.io/kwok/cmd/kwok >&2
mv "$new/server" "$new/etcd"

# kwok brings neither the lives of its nodes and pods nor its kinds along: they lie beside its source.
kwok=$(go list -m -f '{{.Dir}}' sigs.k8s.io/kwok)/kustomize
cat "$kwok"/crd/bases/kwok.x-k8s.io_{logs,execs,attaches,portforwards,resourceusages}.yaml > "$new/kinds.yaml"
for stage in node/fast/node-initialize node/heartbeat-with-lease/node-heartbeat-with-lease \
  pod/fast/pod-ready pod/fast/pod-complete pod/fast/pod-delete; do
  echo '---'
  cat "$kwok/stage/$stage.yaml"
done > "$new/stages.yaml"
mv "$new" "$folder"
echo "$folder"
