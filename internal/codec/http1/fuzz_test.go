package http1

import (
	"bytes"
	"math/rand/v2"
	"testing"
)

// fuzzHead checks, for any bytes: two ways of cutting agree, nothing panics, the size is bounded, and what Append writes is read back as
// the same message.
func fuzzHead(t *testing.T, p parser, in []byte, seed uint64) {
	h, whole := p.run(t, in)
	r := rand.New(rand.NewPCG(seed, 1))
	if _, o := p.run(t, in, cutsAt(r, len(in))...); o != whole {
		t.Fatalf("cut:\n%+v\nwhole:\n%+v", o, whole)
	}
	if whole.n == 0 {
		return
	}
	for pass := range 2 {
		size := h.Size()
		out := h.Append(nil)
		if len(out) > size {
			t.Fatalf("Size %d, wrote %d", size, len(out))
		}
		// One empty line ends it, nothing else does.
		if i := bytes.Index(out, []byte("\r\n\r\n")); i != len(out)-4 || bytes.Count(out, []byte("\n")) != bytes.Count(out, []byte("\r\n")) {
			t.Fatalf("written: %q", out)
		}
		again := p
		again.limits = &Limits{MaxHead: 1 << 20, MaxFields: 1 << 20, Lax: p.limits != nil && p.limits.Lax}
		g, o := again.run(t, out)
		if o.n != len(out) {
			t.Fatalf("read back %q: %+v", out, o)
		}
		if g.Method != h.Method || g.Status != h.Status || g.Chunked != h.Chunked || g.ContentLength != h.ContentLength ||
			!bytes.Equal(g.Target(), h.Target()) || !bytes.Equal(g.Path(), h.Path()) || !bytes.Equal(g.Host(), h.Host()) ||
			g.RequestBody() != h.RequestBody() || g.ResponseBody(p.req) != h.ResponseBody(p.req) {
			t.Fatalf("read back %q:\n%s\nwas\n%s", out, describe(g), describe(h))
		}
		if second := g.Append(nil); !bytes.Equal(second, out) {
			t.Fatalf("written twice: %q, %q", out, second)
		}
		if pass == 0 {
			h.StripHop()
		}
	}
}

func FuzzRequest(f *testing.F) {
	for i, c := range requestsAccepted {
		f.Add([]byte(crlf(c.in)), uint64(i))
	}
	for i, c := range requestsRefused {
		f.Add([]byte(crlf(c.in)), uint64(i))
	}
	f.Add(typicalRequest, uint64(0))
	for i, c := range laxRequests {
		f.Add([]byte(crlf(c.in)), uint64(i))
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		fuzzHead(t, parser{}, in, seed)
		if !bytes.Contains(bytes.ToLower(in), []byte("websocket")) { // a key that is missing is made up
			fuzzHead(t, parser{limits: &Limits{Lax: true}}, in, seed)
		}
	})
}

func FuzzResponse(f *testing.F) {
	for i, c := range responsesAccepted {
		f.Add([]byte(crlf(c.in)), uint64(i))
	}
	f.Add(typicalResponse, uint64(0))
	for i, c := range laxResponses {
		f.Add([]byte(crlf(c.in)), uint64(i))
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) {
		req := Method(seed % uint64(len(methodNames)))
		fuzzHead(t, parser{response: true, req: req}, in, seed)
		fuzzHead(t, parser{response: true, req: req, limits: &Limits{Lax: true}}, in, seed)
	})
}

func FuzzBody(f *testing.F) {
	for _, s := range []string{"2\r\nab\r\n0\r\n\r\n", "2;a=\"\\\"\"\r\nab\r\n0\r\nX: y\r\n\r\n", "2 \r\nab\r\n00;x\r\n\r\nGET", "fffffffffffff\r\nab"} {
		f.Add([]byte(s), uint8(BodyChunked), int64(0), uint64(1))
	}
	f.Add([]byte("abcdef"), uint8(BodyLength), int64(3), uint64(1))
	f.Fuzz(func(t *testing.T, in []byte, kind uint8, length int64, seed uint64) {
		k := BodyKind(kind) % (BodyTunnel + 1)
		r := rand.New(rand.NewPCG(seed, 1))
		whole := runPass(k, length, in)
		if o := runPass(k, length, in, cutsAt(r, len(in))...); o != whole {
			t.Fatalf("Pass: cut %+v, whole %+v", o, whole)
		}
		p, data := runPayload(k, length, in)
		if q, d := runPayload(k, length, in, cutsAt(r, len(in))...); p != whole || q != whole || !bytes.Equal(d, data) {
			t.Fatalf("Payload: cut %+v, whole %+v, Pass %+v", q, p, whole)
		}
		if whole.err == "" && k == BodyChunked && whole.done {
			// The content, in chunks again, is the same content.
			wire := append(AppendChunk(nil, data), LastChunk...)
			if q, d := runPayload(BodyChunked, 0, wire); !q.done || !bytes.Equal(d, data) {
				t.Fatalf("chunked again: %+v", q)
			}
		}
	})
}

// TestRandomCuts: random ways of cutting random mixtures of messages give what one piece gives.
func TestRandomCuts(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	alphabet := []byte("\r\n\r\n  \t:,;0123chunkedGET/\x00\"#\x80")
	lax := &Limits{Lax: true}
	for range 3000 {
		in := []byte(crlf(requestsAccepted[r.IntN(len(requestsAccepted))].in))
		for range r.IntN(4) {
			in[r.IntN(len(in))] = alphabet[r.IntN(len(alphabet))]
		}
		fuzzHead(t, parser{}, in, r.Uint64())
		if !bytes.Contains(bytes.ToLower(in), []byte("websocket")) {
			fuzzHead(t, parser{limits: lax}, in, r.Uint64())
		}
		res := &responsesAccepted[r.IntN(len(responsesAccepted))]
		in = []byte(crlf(res.in))
		for range r.IntN(4) {
			in[r.IntN(len(in))] = alphabet[r.IntN(len(alphabet))]
		}
		fuzzHead(t, parser{response: true, req: res.req}, in, r.Uint64())
		fuzzHead(t, parser{response: true, req: res.req, limits: lax}, in, r.Uint64())
	}
}
