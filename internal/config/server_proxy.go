package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// ProxyHeader is what the PROXY protocol headers of version 2 say besides addresses
// (manual 5.2, "proxy-v2-options", "set-proxy-v2-tlv-fmt").
type ProxyHeader struct {
	CRC32C, UniqueID, Authority bool
	TLVs                        []ProxyTLV
}

// ProxyTLV is a vector of one's own.
type ProxyTLV struct {
	Type   uint8
	Format string // a log format
}

// serverProxy are the options of PROXY protocol headers.
var serverProxy = []serverOption{
	{name: "proxy-v2-options", args: 1, syntax: "proxy-v2-options <option>[,<option>]*", doc: "Adds fields to the PROXY protocol headers of version 2.",
		parse: func(_ *Parser, s *serverLine, a []string) error {
			for name := range strings.SplitSeq(a[0], ",") {
				switch name {
				case "crc32c":
					s.ProxyHeader.CRC32C = true
				case "unique-id":
					s.ProxyHeader.UniqueID = true
				case "authority":
					s.ProxyHeader.Authority = true
				case "ssl", "cert-cn", "ssl-cipher", "cert-sig", "cert-key":
					return fmt.Errorf("'proxy-v2-options %s' needs TLS, which is not built yet in this version of Sluice", name)
				default:
					return fmt.Errorf("'%s' : proxy v2 option not implemented", clip(name))
				}
			}
			return nil
		}},
	{name: "set-proxy-v2-tlv-fmt", args: 1, syntax: "set-proxy-v2-tlv-fmt(<id>) <fmt>", doc: "Adds a field of a type to the PROXY protocol headers of version 2.",
		parse: func(_ *Parser, s *serverLine, a []string) error {
			typ, err := tlvType(a[0])
			switch {
			case err != nil:
				return fmt.Errorf("'%s' : %w", clip(a[0]), err)
			case a[1] == "":
				return fmt.Errorf("'%s' : missing format", clip(a[0]))
			}
			s.ProxyHeader.TLVs = append(slices.Clip(s.ProxyHeader.TLVs), ProxyTLV{typ, a[1]})
			return nil
		}},
}

// tlvType reads the type in "name(type)".
func tlvType(word string) (uint8, error) {
	_, text, _ := strings.Cut(word, "(")
	text, closed := strings.CutSuffix(text, ")")
	n, err := strconv.ParseInt(text, 0, 64)
	switch {
	case closed && (text == "" || (text[0] < '0' || text[0] > '9') && text[0] != '-' && text[0] != '+'):
		return 0, errors.New("could not convert TLV ID")
	case !closed || err != nil && !errors.Is(err, strconv.ErrRange):
		return 0, errors.New("expects set-proxy-v2-tlv(<TLV ID>)")
	case err != nil || n < 0 || n > 255:
		return 0, errors.New("the maximum allowed TLV ID is 255")
	}
	return uint8(n), nil
}

// words writes in what h differs from base; what is inherited is only ever added to.
func (h *ProxyHeader) words(base *ProxyHeader) (w []string) {
	var options []string
	for _, o := range []struct {
		v, was bool
		name   string
	}{{h.CRC32C, base.CRC32C, "crc32c"}, {h.UniqueID, base.UniqueID, "unique-id"}, {h.Authority, base.Authority, "authority"}} {
		if o.v && !o.was {
			options = append(options, o.name)
		}
	}
	if options != nil {
		w = append(w, "proxy-v2-options", strings.Join(options, ","))
	}
	for _, t := range h.TLVs[len(base.TLVs):] {
		w = append(w, fmt.Sprintf("set-proxy-v2-tlv-fmt(%d)", t.Type), t.Format)
	}
	return w
}
