# Every entry point of the project; `make help` lists them.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

JDK := $(shell . e2e/lib.sh && find_jdk)
export JAVA_HOME := $(JDK)
# Maven itself trips over JDK 25's warnings about its own libraries
export MAVEN_OPTS += --sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED
MVN := ./mvnw -q

##@ See it run
help: ## list every entry point
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z0-9-]+:.*## / {printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

doctor: ## look for what is needed, install what Debian has, name the rest
	@e2e/doctor

demo: ## build everything, bring up the local system, ingest the sample company
	@e2e/demo/run

demo-models: ## three services that answer with a model, after the demo or instead of it
	@e2e/demo/models

demo-stop: ## stop what the demo started and undo its changes to this machine
	@e2e/demo/stop

##@ Local system
cluster: doctor ## bring up the real node, the local BigQuery and the sample databases (CONTEXT=… uses a cluster of yours)
	@e2e/up

cluster-stop: ## stop them again; nothing is left behind
	@e2e/down

##@ Build
build: ## compile and package all modules
	@$(MVN) package -DskipTests

images: ## build the images of operator, worker and sample services as tars in .local/images
	@e2e/images/build
	@e2e/images/services

crds: ## regenerate crds/*.yaml and what is derived from the API
	@$(MVN) -pl crds process-classes
	@charts/sync

##@ Test
test: doctor lint test-unit test-it test-e2e ## everything that decides whether a change lands

test-unit: ## unit tests, without servers
	@$(MVN) test
	@e2e/test-summary surefire
	@e2e/company/check
	@e2e/demo/check
	@e2e/soak/check
	@e2e/gateway/check
	@samples/services/check

test-it: ## integration tests against a real API server, real databases and the local BigQuery
	@e2e/test-it

test-e2e: ## end-to-end tests on the real node (brought up when it is not there)
	@e2e/test-e2e

soak: doctor ## the long tests, for minutes each; writes e2e/reports/ (SUITE=upgrade, or several; default all)
	@e2e/soak/run $(SUITE)

bench: ## the ingestion benchmark beside its peers; writes e2e/reports/ (marts: make bench-marts)
	@e2e/bench/ingestion/run

bench-marts: ## runs of marts beside the bare client, a hundred marts of one minute, a mart of a hundred tables
	@e2e/bench/marts/run

##@ Care
fmt: ## format all sources
	@$(MVN) spotless:apply

lint: ## formatter, shellcheck, drift of generated files, chart
	@e2e/lint

clean: ## remove build output (not the caches, not .local)
	@$(MVN) clean

.PHONY: help doctor demo demo-models demo-stop cluster cluster-stop build images crds test test-unit test-it test-e2e soak bench bench-marts fmt lint clean
