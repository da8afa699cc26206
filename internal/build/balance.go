package build

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"os"

	"github.com/sluice-proxy/sluice/internal/balance"
	"github.com/sluice-proxy/sluice/internal/config"
	"github.com/sluice-proxy/sluice/internal/hash"
	"github.com/sluice-proxy/sluice/internal/proxy"
	"github.com/sluice-proxy/sluice/internal/sample"
)

// balance sets how a backend chooses servers, once it has them.
func (b *builder) balance(be *proxy.Backend, p *config.Proxy) {
	bal, h := &p.Balance, &p.Hashing
	params := balance.Params{Name: bal.Algorithm, Consistent: h.Consistent, Draws: bal.Draws, Factor: h.Factor}
	be.AllBackups = p.Options.AllBackups
	be.Affinity = affinities[h.Affinity]
	switch {
	case bal.NeedsHTTP() && !be.HTTP: // the checks have warned
		params.Name = "roundrobin"
	case balance.Hashes(params.Name):
		be.Key = b.hashKey(p)
		be.KeyInBody = bal.CheckPost
	}
	for i, srv := range be.Servers {
		srv.SlowStart = p.Servers[i].SlowStart
		srv.Node = Node(srv, p.Servers[i])
	}
	if err := be.Prepare(params); err != nil {
		b.alert(p.Pos, "%v.", err)
	}
}

var affinities = map[string]proxy.Affinity{"maxconn": proxy.AffinityMaxConn, "maxqueue": proxy.AffinityMaxQueue}

// Node is the server's place in consistent hashing (manual 5.2, "hash-key").
func Node(srv *proxy.Server, s *config.Server) uint32 {
	id := uint32(srv.ID)
	switch {
	case s.HashKey == "id32":
		return balance.NodeID32(id)
	case s.HashKey == "guid" && s.GUID != "":
		return balance.NodeGUID(s.GUID)
	case s.HashKey == "addr" && srv.Addr.IsValid():
		return balance.NodeAddr(srv.Addr.Addr(), 0)
	case s.HashKey == "addr-port" && srv.Addr.IsValid():
		return balance.NodeAddr(srv.Addr.Addr(), srv.Addr.Port())
	}
	return balance.NodeID(id)
}

var hashFuncs = map[string]func([]byte) uint32{
	"sdbm": hash.SDBM, "djb2": hash.DJB2, "wt6": hash.WT6, "crc32": hash.CRC32, "none": hash.None,
}

// hashKey returns how the hash is computed that a server is chosen by.
func (b *builder) hashKey(p *config.Proxy) func(*sample.Ctx) (uint32, bool) {
	bal, f := &p.Balance, hashFuncs[p.Hashing.Func]
	if p.Hashing.Avalanche {
		plain := f
		f = func(b []byte) uint32 { return hash.Avalanche(plain(b)) }
	}
	switch bal.Algorithm {
	case "source":
		return sourceKey(p.Hashing.Avalanche)
	case "uri":
		return uriKey(bal.URI, f)
	case "url_param":
		return paramKey(bal.Param, bal.CheckPost, f)
	case "hdr":
		cut := func(b []byte) []byte { return b }
		if bal.Domain {
			cut = mainDomain
		}
		return b.exprKey(p, "req.hdr("+quoteArg(bal.Param)+",1)", f, cut)
	case "rdp-cookie":
		return b.exprKey(p, "req.rdp_cookie("+quoteArg(bal.Param)+")", f, nil)
	}
	return b.exprKey(p, bal.Param, f, nil)
}

// quoteArg protects what has a meaning in the arguments of an expression.
func quoteArg(s string) string {
	var b bytes.Buffer
	for _, c := range []byte(s) {
		if bytes.IndexByte([]byte(`"\'`), c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return `"` + b.String() + `"`
}

// exprKey hashes an expression's value, cut when that says so; an empty value is
// none.
func (b *builder) exprKey(p *config.Proxy, text string, f func([]byte) uint32, cut func([]byte) []byte) func(*sample.Ctx) (uint32, bool) {
	e, rest, err := sample.ParseExpr(text, &sample.Scope{Env: os.LookupEnv, PID: os.Getpid()})
	if err == nil && rest != "" {
		err = fmt.Errorf("unexpected '%s'", rest)
	}
	if err != nil {
		b.balanceAlert(p, fmt.Sprintf("failed to parse 'balance %s' expression '%s' in : %v.", p.Balance.Algorithm, text, err))
		return nil
	}
	if !e.Fetch.Use.At(sample.BeServer) {
		b.balanceAlert(p, fmt.Sprintf("error detected while parsing 'balance %s' expression '%s' which requires information from %s, which is not available here.", p.Balance.Algorithm, text, e.Fetch.Use))
		return nil
	}
	numeric := p.Hashing.Func == "none"
	return func(c *sample.Ctx) (uint32, bool) {
		s := c.Borrow()
		defer c.Return()
		m := c.Mark()
		defer c.Release(m)
		to := sample.Bin
		if numeric {
			to = sample.Str
		}
		if !e.Eval(c, s) || !sample.Cast(c, s, to) {
			return 0, false
		}
		key := s.Data
		if cut != nil {
			if key = cut(key); len(key) == 0 {
				return 0, false
			}
		}
		return f(key), true
	}
}

func (b *builder) balanceAlert(p *config.Proxy, text string) {
	b.d.Add(config.Diagnostic{Level: config.Alert, Form: config.FormBare, Pos: p.Balance.Pos, Text: fmt.Sprintf("backend '%s' [%s]: %s", p.Name, p.Pos, text)})
}

// sourceKey folds the client's address into 32 bits: an address is a hash by
// itself, and no function but the avalanche is applied.
func sourceKey(avalanche bool) func(*sample.Ctx) (uint32, bool) {
	return func(c *sample.Ctx) (h uint32, ok bool) {
		a := c.Src.Addr()
		switch {
		case a.Is4() || a.Is4In6():
			b := a.As4()
			h = binary.BigEndian.Uint32(b[:])
		case a.Is6():
			b := a.As16()
			for i := 0; i < len(b); i += 4 {
				h ^= binary.BigEndian.Uint32(b[i:])
			}
		default:
			return 0, false
		}
		if avalanche {
			h = hash.Avalanche(h)
		}
		return h, true
	}
}

// uriKey hashes a request's target: up to the question mark unless whole, from
// the first slash of the path with path-only, and no more than so many bytes or
// directories.
func uriKey(u config.URIHash, f func([]byte) uint32) func(*sample.Ctx) (uint32, bool) {
	return func(c *sample.Ctx) (uint32, bool) {
		if c.Req == nil {
			return 0, false
		}
		t := c.Req.Target()
		if u.PathOnly {
			t = sample.PathAndQuery(c.Req)
		}
		if u.Len > 0 && len(t) > u.Len {
			t = t[:u.Len]
		}
		slashes := 0
		for i, ch := range t {
			if ch == '/' {
				if slashes++; u.Depth > 0 && slashes > u.Depth {
					t = t[:i]
					break
				}
			} else if ch == '?' && !u.Whole {
				t = t[:i]
				break
			}
		}
		return f(t), true
	}
}

// mainDomain is the label before the last one of a host name, "1wt" in
// "haproxy.1wt.eu", or a name without one as it stands. Of two dots in a row the
// first counts as part of the label, as in the reference.
func mainDomain(host []byte) []byte {
	end := bytes.LastIndexByte(host, '.')
	if end <= 0 {
		return host
	}
	start := end - 1
	for start > 0 && host[start-1] != '.' {
		start--
	}
	return host[start:end]
}
