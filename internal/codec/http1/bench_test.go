package http1

import (
	"bytes"
	"testing"
)

// What a browser or a load generator typically sends: 8 fields.
var typicalRequest = []byte("GET /app/index.html?lang=en HTTP/1.1\r\n" +
	"Host: www.example.com\r\n" +
	"User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0\r\n" +
	"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
	"Accept-Language: en-US,en;q=0.5\r\n" +
	"Accept-Encoding: gzip, deflate, br\r\n" +
	"Connection: keep-alive\r\n" +
	"Cookie: session=0123456789abcdef0123456789abcdef; theme=dark\r\n" +
	"Cache-Control: no-cache\r\n\r\n")

var typicalResponse = []byte("HTTP/1.1 200 OK\r\n" +
	"Date: Sat, 22 Nov 2025 23:40:00 GMT\r\n" +
	"Server: demo\r\n" +
	"Content-Type: text/html; charset=utf-8\r\n" +
	"Content-Length: 1024\r\n" +
	"Cache-Control: max-age=60\r\n" +
	"ETag: \"0123456789abcdef\"\r\n\r\n")

func forward(h *Head, in, out []byte) []byte {
	h.Reset()
	if n, err := h.ParseRequest(in, nil); n != len(in) || err != nil {
		panic(err)
	}
	h.StripHop()
	h.Add([]byte("x-forwarded-for"), []byte("192.0.2.17"))
	return h.Append(out[:0])
}

// TestNoAllocation: the steady state of forwarding allocates nothing.
func TestNoAllocation(t *testing.T) {
	var (
		h    Head
		body Body
		out  = make([]byte, 0, 4096)
		rest = bytes.Repeat([]byte("400\r\n"+string(make([]byte, 1024))+"\r\n"), 10)
		abs  = []byte("GET http://h:80?x HTTP/1.1\r\nHost: h:80\r\nContent-Length: 02\r\nX: a\r\n b\r\nConnection: close, foo\r\n\r\n")
	)
	rest = append(rest, LastChunk...)
	for name, f := range map[string]func(){
		"request":   func() { out = forward(&h, typicalRequest, out) },
		"rewritten": func() { out = forward(&h, abs, out) },
		"response": func() {
			h.Reset()
			if n, err := h.ParseResponse(typicalResponse, nil, MethodGet); n == 0 || err != nil {
				t.Error(n, err)
			}
			h.StripHop()
			h.Set([]byte("server"), []byte("sluice"))
			out = h.Append(out[:0])
		},
		"rules": func() {
			out = forward(&h, typicalRequest, out)
			h.SetPath([]byte("/other path"))
			h.SetQuery([]byte("a=b"))
			h.Set([]byte("Host"), []byte("elsewhere"))
			h.Del("cookie")
			h.Del("accept-language")
			h.SetFraming(BodyChunked, 0)
			_, _ = h.Get("cache-control")
			_ = h.Host()
			out = h.Append(out[:0])
		},
		"body": func() {
			body.Reset(BodyChunked, 0)
			if n, err := body.Pass(rest); n != len(rest) || err != nil || !body.Done() {
				t.Error(n, err)
			}
			out = AppendChunk(out[:0], rest[:1000])
		},
	} {
		if n := testing.AllocsPerRun(100, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkRequest(b *testing.B) {
	var h Head
	out := make([]byte, 0, 4096)
	b.SetBytes(int64(len(typicalRequest)))
	b.ReportAllocs()
	for b.Loop() {
		out = forward(&h, typicalRequest, out)
	}
}

func BenchmarkParseRequest(b *testing.B) {
	var h Head
	b.SetBytes(int64(len(typicalRequest)))
	b.ReportAllocs()
	for b.Loop() {
		h.Reset()
		if n, err := h.ParseRequest(typicalRequest, nil); n == 0 || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	var h Head
	out := make([]byte, 0, 4096)
	h.Reset()
	if n, err := h.ParseRequest(typicalRequest, nil); n == 0 || err != nil {
		b.Fatal(n, err)
	}
	b.ReportAllocs()
	for b.Loop() {
		out = h.Append(out[:0])
	}
}

func BenchmarkParseResponse(b *testing.B) {
	var h Head
	b.SetBytes(int64(len(typicalResponse)))
	b.ReportAllocs()
	for b.Loop() {
		h.Reset()
		if n, err := h.ParseResponse(typicalResponse, nil, MethodGet); n == 0 || err != nil {
			b.Fatal(n, err)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	var h Head
	h.Reset()
	if n, err := h.ParseRequest(typicalRequest, nil); n == 0 || err != nil {
		b.Fatal(n, err)
	}
	b.Run("known", func(b *testing.B) {
		for b.Loop() {
			h.Find("cookie", 0)
		}
	})
	b.Run("other", func(b *testing.B) {
		for b.Loop() {
			h.Find("cache-control", 0)
		}
	})
}

func BenchmarkChunked(b *testing.B) {
	for name, size := range map[string]int{"16": 16, "8192": 8192} {
		b.Run(name, func(b *testing.B) {
			var body Body
			var in []byte
			for len(in) < 1<<16 {
				in = AppendChunk(in, make([]byte, size))
			}
			in = append(in, LastChunk...)
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				body.Reset(BodyChunked, 0)
				if n, err := body.Pass(in); n != len(in) || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}
