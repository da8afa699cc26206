package http1

import "testing"

// However the bytes come, the body goes out without its trailers.
func TestDropTrailers(t *testing.T) {
	for in, want := range map[string]string{
		"5\r\nhello\r\n0\r\nA: b\r\nCc: dd\r\n\r\n":       "5\r\nhello\r\n0\r\n\r\n",
		"5\r\nhello\r\n0\r\n\r\n":                         "5\r\nhello\r\n0\r\n\r\n",
		"0\r\nA:\r\n\r\n":                                 "0\r\n\r\n",
		"3;x=y\r\nabc\r\n02\r\nde\r\n000\r\nX: 1\r\n\r\n": "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
	} {
		for step := 1; step <= len(in); step++ {
			var b Body
			b.Reset(BodyChunked, 0)
			b.DropTrailers()
			got := ""
			for rest := []byte(in); len(rest) > 0; {
				out, n, err := b.Forward(nil, rest[:min(step, len(rest))])
				if err != nil {
					t.Fatal(err)
				}
				got, rest = got+string(out), rest[n:]
			}
			if got != want || !b.Done() {
				t.Errorf("%q in steps of %d: %q", in, step, got)
			}
		}
	}
}
