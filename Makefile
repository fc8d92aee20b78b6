MODULES = $(shell go list -m -f '{{.Dir}}')
TESTED  = $(filter-out %/e2e,$(MODULES))

.DEFAULT_GOAL := help

.PHONY: help
help: ## show this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /  make \1\t/p' Makefile | expand -t 26

.PHONY: run
run: ## run everything in one process on http://127.0.0.1:8000, with its data in ./data
	@go build -o bin/stockroom ./standalone/cmd/stockroom && exec bin/stockroom

.PHONY: build
build: ## build the programs into ./bin
	go build -o bin/ ./services/auth/cmd/authd ./services/users/cmd/usersd ./services/catalog/cmd/catalogd \
		./gateway/cmd/gatewayd ./standalone/cmd/stockroom

VERSION ?= dev
COMMIT  ?= $(shell git rev-parse HEAD 2>/dev/null)

.PHONY: images
images: ## build the images of all programs, tagged dev or VERSION
	VERSION=$(VERSION) COMMIT=$(COMMIT) docker buildx bake -f deploy/bake.hcl

.PHONY: sbom
sbom: images ## write what each image consists of to dist/*.cdx.json (CycloneDX)
	VERSION=$(VERSION) deploy/sbom.sh

.PHONY: compose-e2e
compose-e2e: deps ## bring up the system of compose.yaml, test it from outside, take it down
	deploy/compose/e2e.sh

# The end-to-end tests come alone: they look at what happens within
# milliseconds, and the compiler would be in their way. Then the two that go
# through many times more without the race detector, and the one whose programs
# are built to be killed.
.PHONY: test
test: deps ## test every module with the race detector, on real PostgreSQL, Redis and NATS
	go run ./pkg/testkit/cmd/withservers go test -race $(TESTED:%=%/...)
	go run ./pkg/testkit/cmd/withservers go test -race -p 1 -timeout 20m ./e2e/...
	go run ./pkg/testkit/cmd/withservers go test -run 'Protocol|Guard|Caution|Agree' ./pkg/coherent/model ./pkg/coherent/redisl2
	go run ./pkg/testkit/cmd/withservers go test -tags failpoints ./e2e/registration

.PHONY: e2e-mixed
e2e-mixed: deps ## test with SERVICE=catalog as it was at the last tag, or FROM another revision
	@./.ci/e2e-mixed "$(SERVICE)" $(FROM)

SEED     ?= 0
DURATION ?= 5m
FAULTS   ?=
NATS     ?= yes

.PHONY: chaos
chaos: deps ## judge every answer of a catalog under faults for DURATION=5m; SEED=7, FAULTS='redis goes back|flush', NATS=well or no
	go test -count=1 -v -timeout 3h ./e2e/chaos -run TestNoAnswerIsEverWrong -args -chaos.seed=$(SEED) -chaos.for=$(DURATION) \
		-chaos.readers=4 -chaos.pause=0 -chaos.only='$(FAULTS)' -chaos.nats=$(NATS)

KILLS ?= 20

.PHONY: chaos-kill
chaos-kill: deps ## the same while replicas die in the middle of something, KILLS=20 times at each place
	go test -count=1 -v -timeout 3h -tags failpoints ./e2e/chaos -run TestNoKillIsEverNoticed -args -chaos.seed=$(SEED) -chaos.kills=$(KILLS) \
		-chaos.readers=4 -chaos.pause=0

.PHONY: smuggle
smuggle: ## send the gateway mutated requests for DURATION=5m and look for one that two understand differently; SEED=7
	go test -count=1 -v -timeout 3h ./gateway/gatewayd -run TestNothingIsSmuggled -args -smuggle.seed=$(SEED) -smuggle.for=$(DURATION)

REQUESTS ?= 1000000

.PHONY: canary
canary: deps ## send REQUESTS=1000000 of many people, break some off, let services die, and look for a byte of one in an answer to another; SEED=7
	go test -count=1 -v -timeout 6h ./e2e/canary -args -canary.seed=$(SEED) -canary.requests=$(REQUESTS)

.PHONY: fuzz
fuzz: ## run every fuzz target for DURATION=30s, one after the other; FUZZ=Query some of them
	@./.ci/fuzz "$(if $(filter command line environment,$(origin DURATION)),$(DURATION),30s)" "$(FUZZ)"

COPIES ?= 1000
SLOW   ?= 5000

.PHONY: limits
limits: deps ## measure what COPIES=1000 of each request at once cost, and SLOW=5000 clients that take their time for DURATION=60s
	go run ./pkg/testkit/cmd/withservers go test -count=1 -v -timeout 1h ./e2e/limits -args -limits.copies=$(COPIES) -limits.slow=$(SLOW) \
		-limits.for=$(if $(filter command line environment,$(origin DURATION)),$(DURATION),60s)

CHANGES ?= 1000

.PHONY: rights
rights: deps ## take rights away CHANGES=1000 times, with messages and without, and watch every door for who is still let in
	go test -count=1 -v -timeout 3h ./e2e/rights -args -rights.changes=$(CHANGES)

.PHONY: registration-kill
registration-kill: deps ## have auth and users die KILLS=20 times at each of the 10 steps of registering, and look for what is half made
	go test -count=1 -v -timeout 3h -tags failpoints ./e2e/registration -args -registration.seed=$(SEED) -registration.kills=$(KILLS)

.PHONY: deps
deps: ## see to it that what the tests need is here: a C compiler, PostgreSQL, Redis, Chromium
	@./.ci/deps

.PHONY: lint
lint: .bin/golangci-lint ## look for mistakes, forbidden imports and formatting
	.bin/golangci-lint run $(MODULES:%=%/...)

.PHONY: api
api: ## write what the services say of their API to docs/api
	UPDATE_API=1 go test -count=1 -run TestAPIDocuments ./standalone

.PHONY: api-compat
api-compat: .bin/oasdiff ## look for changes of docs/api that break clients of the last tag
	@./.ci/api-compat-test
	@./.ci/api-compat

.PHONY: check
check: lint test ## lint and test: do this before you commit

.PHONY: bench
bench: ## measure requests per second, latency and CPU, in both forms, and what the cache costs
	go run ./pkg/testkit/cmd/withservers go test -run '^$$' -bench 'Hit|Propagation|Cached' -benchtime 2s -p 1 ./pkg/coherent ./services/catalog/adapters/httpapi
	go run ./pkg/testkit/cmd/withservers go test -run '^$$' -bench . -benchtime 2s ./e2e/load
	go test -run '^$$' -bench 'Admission|Overload' ./gateway/admission ./gateway/gatewayd
	$(MAKE) bench-gateway

BENCH ?=

.PHONY: bench-gateway
bench-gateway: ## measure the gateway beside other proxies on the same backend; BENCH='-profile cpu' or '-requests 10000000' looks into it
	@./bench/deps
	go run ./bench $(BENCH)

.PHONY: k8s-e2e
k8s-e2e: ## install on the cluster of kubectl and test there; LOAD="kind load docker-image" hands it the images
	./deploy/k8s/e2e

PROGRAMME ?= replace kill outage

.PHONY: compose-fleet
compose-fleet: images ## replace, kill and stop parts of compose.prod.yaml under load; PROGRAMME=kill does one of them
	VERSION=$(VERSION) deploy/compose/fleet.sh $(PROGRAMME)

.PHONY: assets
assets: ## fetch the pages that the gateway embeds again
	sh gateway/assets.sh

.bin/golangci-lint:
	GOBIN=$(CURDIR)/.bin GOWORK=off go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.bin/oasdiff:
	GOBIN=$(CURDIR)/.bin GOWORK=off go install github.com/oasdiff/oasdiff@v1.37.0
