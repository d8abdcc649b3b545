// Nothing is compiled here: these modules carry resource definitions that the chart's objects are checked against.
module naru.dev/e2e/tools/definitions

go 1.24.0

require (
	github.com/GoogleCloudPlatform/prometheus-engine v0.8.0
	github.com/prometheus-operator/prometheus-operator v0.85.0
	sigs.k8s.io/gateway-api v1.4.1
)
