package build

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/rule"
)

// pages makes the error pages of p.
func (b *builder) pages(p *config.Proxy) *proxy.Pages {
	if len(p.ErrorFiles) == 0 {
		if b.plain == nil {
			b.plain = proxy.NewPages(nil)
		}
		return b.plain
	}
	files := make(map[int]*proxy.Page, len(p.ErrorFiles))
	for status, f := range b.groups.PagesOf(p) {
		if f.Reply != nil && f.Reply.Program != nil {
			if y := f.Reply.Program.(*rule.Reply); !y.ErrorPage { // else the built-in page
				files[status] = &proxy.Page{Status: y.Status, Reply: y}
			}
			continue
		}
		if b.made[f] == nil {
			page, err := errorPage(status, f)
			if err != nil {
				b.alert(f.Pos, "errorfile : '%s': %v", f.Path, err)
				continue
			}
			b.made[f] = page
		}
		files[status] = b.made[f]
	}
	return proxy.NewPages(files)
}

// errorPage turns an errorfile, a whole HTTP answer, or an errorloc into a page
// for status, which is what the log says, whatever the page's own is.
// An empty file stands for a close without an answer.
func errorPage(status int, f *config.ErrorFile) (*proxy.Page, error) {
	if f.Location != "" {
		reason := "Found"
		if f.Redirect == 303 {
			reason = "See Other"
		}
		head := fmt.Sprintf("HTTP/1.1 %d %s\r\ncache-control: no-cache\r\ncontent-length: 0\r\nlocation: %s\r\n", f.Redirect, reason, f.Location)
		return &proxy.Page{Status: status, Head: []byte(head)}, nil
	}
	if len(f.Data) == 0 {
		return &proxy.Page{Status: status}, nil
	}
	var h http1.Head
	h.Reset()
	n, err := h.ParseResponse(f.Data, &http1.Limits{MaxHead: len(f.Data) + 1}, http1.MethodGet)
	at := len(f.Data)
	var bad *http1.Error
	if errors.As(err, &bad) {
		at = bad.Pos
	}
	body := f.Data[n:]
	bodyless := h.Status == 204 || h.Status == 304
	_, coded := h.Get("transfer-encoding")
	switch {
	case err != nil || n == 0:
		return nil, fmt.Errorf("unable to parse headers (error offset: %d)", at)
	case h.Status < 200:
		return nil, fmt.Errorf("invalid http status code for an error message (%d)", h.Status)
	case bodyless && len(body) > 0:
		// Clients take such an answer to end with its head: what follows would be the
		// next one to them.
		return nil, errors.New("message payload not expected")
	case h.Chunked:
		return nil, errors.New("chunk-encoded payload not supported")
	case coded:
		return nil, errors.New("encoded payload not supported")
	case !bodyless && h.ContentLength >= 0 && h.ContentLength != int64(len(body)):
		return nil, fmt.Errorf("payload size does not match the announced content-length (%d != %d)", len(body), h.ContentLength)
	}
	// The page's framing is ours.
	h.StripHop()
	framing := http1.BodyLength
	if bodyless {
		framing = http1.BodyNone
	}
	h.Minor = 1
	h.SetFraming(framing, int64(len(body)))
	head := h.Append(nil)
	return &proxy.Page{Status: status, Head: bytes.TrimSuffix(head, []byte("\r\n")), Body: bytes.Clone(body)}, nil
}
