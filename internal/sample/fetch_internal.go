package sample

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
)

// fixed compiles to a sample that is always the same.
func fixed(v Sample) Eval {
	return func(_ *Ctx, s *Sample) bool {
		s.Type, s.Int, s.Data, s.IP = v.Type, v.Int, v.Data, v.IP
		return true
	}
}

func fixedBool(v bool) func([]Arg, *Scope) (Eval, error) {
	return func([]Arg, *Scope) (Eval, error) {
		var s Sample
		s.setBool(v)
		return fixed(s), nil
	}
}

func compileInt(a []Arg, _ *Scope) (Eval, error) {
	return fixed(Sample{Type: Sint, Int: a[0].Int}), nil
}

func compileStr(a []Arg, _ *Scope) (Eval, error) {
	return fixed(Sample{Type: Str, Data: []byte(a[0].Text)}), nil
}

func compileBool(a []Arg, _ *Scope) (Eval, error) {
	var s Sample
	switch a[0].Text {
	case "true", "1":
		s.setBool(true)
	case "false", "0":
		s.setBool(false)
	default:
		return nil, errors.New("Expects 'true', 'false', '0' or '1'")
	}
	return fixed(s), nil
}

func compileBin(a []Arg, _ *Scope) (Eval, error) {
	b, err := ParseHex(a[0].Text)
	if err != nil {
		return nil, err
	}
	return fixed(Sample{Type: Bin, Data: b}), nil
}

// ParseHex reads an even number of hexadecimal digits.
func ParseHex(s string) ([]byte, error) {
	for i := range len(s) {
		if hexVal(s[i]) < 0 {
			return nil, fmt.Errorf("an hex digit is expected (found '%c')", s[i])
		}
	}
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil, errors.New("an even number of hex digit is expected")
	}
	return b, nil
}

func compileIP(a []Arg, _ *Scope) (Eval, error) {
	var s Sample
	s.setIP(a[0].IP)
	return fixed(s), nil
}

func compileMeth(a []Arg, _ *Scope) (Eval, error) {
	s := Sample{Type: Str, Data: []byte(a[0].Text)}
	s.toMeth()
	return fixed(s), nil
}

func compileEnv(a []Arg, sc *Scope) (Eval, error) {
	if sc == nil || sc.Env == nil {
		return nil, errors.New("no environment here")
	}
	v, ok := sc.Env(a[0].Text)
	if !ok {
		return func(*Ctx, *Sample) bool { return false }, nil
	}
	return fixed(Sample{Type: Str, Data: []byte(v)}), nil
}

func compileHostname(_ []Arg, sc *Scope) (Eval, error) {
	if sc == nil {
		sc = &Scope{}
	}
	return fixed(Sample{Type: Str, Data: []byte(sc.Hostname)}), nil
}

func compilePID(_ []Arg, sc *Scope) (Eval, error) {
	if sc == nil {
		sc = &Scope{}
	}
	return fixed(Sample{Type: Sint, Int: int64(sc.PID)}), nil
}

func compileACL(a []Arg, sc *Scope) (Eval, error) {
	if sc == nil || sc.ACL == nil {
		return nil, errors.New("there are no ACLs here")
	}
	var names []string
	for _, x := range a {
		if x.Set {
			names = append(names, x.Text)
		}
	}
	if len(names) == 0 {
		return nil, errors.New("ACL '' not found")
	}
	return sc.ACL(names)
}

// unit gives how many nanoseconds one unit of a date has.
func unit(a Arg) (int64, error) {
	switch a.Text {
	case "", "s":
		return 1e9, nil
	case "ms":
		return 1e6, nil
	case "us":
		return 1e3, nil
	}
	return 0, fmt.Errorf("expects 's', 'ms' or 'us', got '%s'", a.Text)
}

func compileDate(a []Arg, _ *Scope) (Eval, error) {
	u, err := unit(a[1])
	if err != nil {
		return nil, err
	}
	off := a[0].Int
	return func(c *Ctx, s *Sample) bool { return s.setInt(c.Now/u + off) }, nil
}

func compileDateUs(_ []Arg, _ *Scope) (Eval, error) {
	return func(c *Ctx, s *Sample) bool { return s.setInt(c.Now / 1e3 % 1e6) }, nil
}

func compileRand(a []Arg, _ *Scope) (Eval, error) {
	n, limited := uint64(uint32(a[0].Int)), a[0].Set
	return func(_ *Ctx, s *Sample) bool {
		v := uint64(rand.Uint32())
		if limited {
			v = v * n >> 32
		}
		return s.setInt(int64(v))
	}, nil
}

// from compiles a fetch without arguments.
func from(e Eval) func([]Arg, *Scope) (Eval, error) {
	return func([]Arg, *Scope) (Eval, error) { return e, nil }
}

func fetchName(get func(*Ctx) string) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		name := get(c)
		if name == "" {
			return false
		}
		b := c.bytes(len(name))
		copy(b, name)
		return b != nil && s.setStr(b)
	})
}

func fetchIP(get func(*Ctx) netip.AddrPort) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool { return s.setIP(get(c).Addr()) })
}

func fetchPort(get func(*Ctx) netip.AddrPort) func([]Arg, *Scope) (Eval, error) {
	return from(func(c *Ctx, s *Sample) bool {
		a := get(c)
		return a.Addr().IsValid() && s.setInt(int64(a.Port()))
	})
}

func srcOf(c *Ctx) netip.AddrPort { return c.Src }

// fetchSrcIsLocal: UNIX sockets have no address and are of this machine.
func fetchSrcIsLocal(c *Ctx, s *Sample) bool {
	return c.Stream != nil && s.setBool(!c.Src.IsValid() || c.Stream.Own(c.Src.Addr().Unmap()))
}

func dstOf(c *Ctx) netip.AddrPort {
	if c.Conn != nil {
		return c.Conn.LocalAddr()
	}
	return c.Dst
}
func frontendOf(c *Ctx) string { return c.FrontendName }
func serverOf(c *Ctx) string   { return c.ServerName }

func fetchServerID(c *Ctx, s *Sample) bool { return c.ServerID > 0 && s.setInt(int64(c.ServerID)) }

func backendOf(c *Ctx) string {
	if c.BackendName == "" {
		return c.FrontendName // the frontend itself answers
	}
	return c.BackendName
}
