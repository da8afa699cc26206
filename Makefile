# The targets a newcomer needs are "run" and "test"; README.md says what they show.

GO      ?= go
PREFIX  ?= /usr/local
DESTDIR ?=
SUDO    := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

# Everything but the black-box tests, which want a built program.
UNIT = $(shell $(GO) list ./... | grep -v '/test\(/\|$$\)')

# Not a "tool" line of go.mod: it would bring a hundred modules for what is needed at a release only.
NFPM    = $(GO) run github.com/goreleaser/nfpm/v2/cmd/nfpm@v2.43.4

.PHONY: build package run test soak reliability bench install tools bench-tools fmt vet staticcheck unit vtc e2e clean

# Released binaries are static: a worker changes its root directory.
build:
	CGO_ENABLED=0 $(GO) build -trimpath -o bin/sluice ./cmd/sluice

run: build
	examples/quickstart

# In the order in which mistakes are found soonest.
test: tools fmt vet staticcheck build unit vtc e2e

# The same end-to-end tests with large counts.
soak: tools build
	SLUICE_SOAK=1 $(GO) test -count=1 -timeout=3h ./test/...

# Every fuzz target for so many seconds: make fuzz FUZZ=120
FUZZ ?= 30
fuzz:
	test/fuzz $(FUZZ)

# doc/reliability.md from what its tests measure now.
reliability: build
	RELIABILITY=$(CURDIR)/doc/reliability.md $(GO) test -count=1 -timeout=20m \
	-run "^($$(sed -n 's/.*", "\(Test[A-Za-z]*\)", .*/\1/p' test/reliability_table_test.go | sort -u | paste -sd'|'))\$$" ./test

bench: tools bench-tools build
	bench/run

install: build
	install -D -m 0755 bin/sluice $(DESTDIR)$(PREFIX)/sbin/sluice
	install -D -m 0755 packaging/sluice-reload $(DESTDIR)$(PREFIX)/sbin/sluice-reload

# .deb and .rpm in bin/package; see packaging/README.md. A commit gives the same bytes each time.
package: export VERSION = $(shell bin/sluice -vq | sed 's/.*sluice//')
package: export ARCH = $(shell $(GO) env GOARCH)
package: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
package: build
	rm -rf bin/package && mkdir -p bin/package
	sed -f packaging/haproxy/unit.sed packaging/sluice.service > bin/package/haproxy.service
	$(GO) run ./packaging/man "$$(date -u -d @$$SOURCE_DATE_EPOCH '+%B %-d, %Y')" packaging/man/sluice.8.in | gzip -9n > bin/package/sluice.8.gz
	for f in packaging/nfpm.yaml packaging/haproxy/nfpm.yaml; do for p in deb rpm; do \
	$(NFPM) package -f $$f -p $$p -t bin/package/ || exit; done; done
	SLUICE_PACKAGES=$(CURDIR)/bin/package $(GO) test -count=1 ./packaging/...

# What the tests need beside Go: a C compiler (the race detector), varnishtest, socat, curl, and HAProxy to compare with.
tools:
	@missing=; for c in varnishtest socat curl gcc haproxy; do PATH=$$PATH:/usr/sbin command -v $$c >/dev/null || missing="$$missing $$c"; done; \
	if [ -n "$$missing" ]; then echo "installing:$$missing"; \
	$(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive \
	apt-get install -q -y --no-install-recommends varnish socat curl gcc libc6-dev haproxy; fi
	@[ -e /usr/share/doc/haproxy/configuration.txt.gz ] || [ -e bin/manual/usr/share/doc/haproxy/configuration.txt.gz ] || { \
	echo "getting HAProxy's manual"; mkdir -p bin/manual && cd bin/manual && $(SUDO) apt-get update -q && apt-get download -q haproxy && dpkg-deb -x haproxy_*.deb . ; }

bench-tools:
	@for t in haproxy nginx caddy wrk; do PATH=$$PATH:/usr/sbin command -v $$t >/dev/null || missing=1; done; \
	[ -z "$$missing" ] || { $(SUDO) apt-get update -q && $(SUDO) env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 \
	apt-get install -q -y --no-install-recommends haproxy nginx-light caddy wrk; }

fmt:
	@bad=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$bad" ] || { echo "gofmt:"; echo "$$bad"; exit 1; }

vet:
	$(GO) vet ./...

staticcheck:
	$(GO) tool staticcheck ./...

unit:
	$(GO) test -race -timeout=5m $(UNIT)

vtc: build
	SLUICE_PROGRAM=$(CURDIR)/bin/sluice regtest/run

e2e: build
	SLUICE_PROGRAM=$(CURDIR)/bin/sluice $(GO) test -count=1 -timeout=8m ./test/...

clean:
	rm -rf bin
