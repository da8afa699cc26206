package stream

import (
	"bytes"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
)

// cacheable tells whether caches keep an answer of their own accord (RFC 9111 3):
// the method and the status allow it, nothing forbids it, and it says how long it
// is fresh or how to ask whether it still is.
func cacheable(method http1.Method, h *http1.Head) bool {
	if method != http1.MethodGet && method != http1.MethodHead || !keptByStatus(h.Status) {
		return false
	}
	lasting := false
	for _, name := range []string{"expires", "etag", "last-modified"} {
		lasting = lasting || h.Find(name, 0) >= 0
	}
	for i := range h.Len() {
		switch {
		case bytes.EqualFold(h.Name(i), namePragma):
			if bytes.Contains(bytes.ToLower(h.Value(i)), valueNoCache) {
				return false
			}
		case bytes.EqualFold(h.Name(i), nameCacheControl):
			for rest := h.Value(i); len(rest) > 0; {
				var d []byte
				d, rest, _ = bytes.Cut(rest, []byte{','})
				name, value, _ := bytes.Cut(bytes.ToLower(trim(d)), []byte{'='})
				switch string(name) {
				case "private", "no-cache", "no-store":
					return false
				case "max-age", "s-maxage":
					if string(bytes.Trim(value, `"`)) == "0" {
						return false
					}
					lasting = true
				}
			}
		}
	}
	return lasting
}

var (
	namePragma       = []byte("pragma")
	nameCacheControl = []byte("cache-control")
	valueNoCache     = []byte("no-cache")
	valuePrivate     = []byte("private")
)
