package build

import (
	"bytes"
	"fmt"

	"github.com/sluice-proxy/sluice/internal/codec/http1"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/proxy"
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
	for status, f := range p.ErrorFiles {
		page, err := errorPage(status, f)
		if err != nil {
			b.alert(f.Pos, "errorfile : %v in file '%s'.", err, f.Path)
			continue
		}
		files[status] = page
	}
	return proxy.NewPages(files)
}

// errorPage turns an errorfile, a whole HTTP answer, or an errorloc into a page.
// An empty file stands for a close without an answer.
func errorPage(status int, f *config.ErrorFile) (*proxy.Page, error) {
	if f.Location != "" {
		reason := "Found"
		if f.Redirect == 303 {
			reason = "See Other"
		}
		head := fmt.Sprintf("HTTP/1.1 %d %s\r\ncache-control: no-cache\r\ncontent-length: 0\r\nlocation: %s\r\n", f.Redirect, reason, f.Location)
		return &proxy.Page{Status: f.Redirect, Head: []byte(head)}, nil
	}
	if len(f.Data) == 0 {
		return &proxy.Page{Status: status}, nil
	}
	var h http1.Head
	h.Reset()
	n, err := h.ParseResponse(f.Data, &http1.Limits{MaxHead: len(f.Data) + 1}, http1.MethodGet)
	if err == nil && n == 0 {
		err = fmt.Errorf("truncated headers")
	}
	if err != nil {
		return nil, fmt.Errorf("unable to parse the HTTP message: %w", err)
	}
	body := f.Data[n:]
	// The page's framing is ours: a length that does not match the file would
	// break the client's connection.
	h.StripHop()
	h.Del("transfer-encoding")
	h.Set([]byte("content-length"), fmt.Append(nil, len(body)))
	head := h.Append(nil)
	return &proxy.Page{Status: h.Status, Head: bytes.TrimSuffix(head, []byte("\r\n")), Body: bytes.Clone(body)}, nil
}
