package sample

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// compileVar is var(<name>[,<default>]): a default that is given but empty
// counts.
func compileVar(a []Arg, _ *Scope) (Eval, error) {
	v, err := ParseVar(a[0].Text)
	if err != nil {
		return nil, err
	}
	if !a[1].Given {
		return v.Load, nil
	}
	def := []byte(a[1].Text)
	return func(c *Ctx, s *Sample) bool { return v.Load(c, s) || s.setStr(def) }, nil
}

// dumped are the scopes that dump_all_vars knows, in their order.
var dumped = []VarScope{VarSess, VarTxn, VarReq, VarRes, VarProc}

// compileDumpVars is dump_all_vars([<scope>][,<prefix>][,<delimiter>]).
func compileDumpVars(a []Arg, _ *Scope) (Eval, error) {
	scopes := dumped
	if a[0].Set {
		i := slices.IndexFunc(dumped, func(s VarScope) bool { return s.String() == a[0].Text })
		if i < 0 {
			return nil, fmt.Errorf("invalid scope '%s', must be one of: sess, txn, req, res, proc", a[0].Text)
		}
		scopes = dumped[i : i+1]
	}
	d := &varDump{prefix: a[1].Text, delimiter: ", "}
	if a[2].Set {
		d.delimiter = a[2].Text
	}
	return func(c *Ctx, s *Sample) bool {
		b := c.bytes(MaxData)
		out := b[:0]
		for _, scope := range scopes {
			if scope == VarProc {
				for _, v := range varsOf(VarProc) {
					if p := v.value.Load(); p != nil {
						out = d.append(out, v, p)
					}
				}
			} else if set := c.Vars[scope]; set != nil {
				for i := range set.set {
					e := &set.set[i]
					out = d.append(out, e.v, &Sample{Type: e.typ, Int: e.int, IP: e.ip, Data: e.data})
				}
			}
			if len(out) > MaxData {
				c.keep(b, 0)
				return false
			}
		}
		return s.setStr(c.keep(b, len(out)))
	}, nil
}

type varDump struct{ prefix, delimiter string }

// append writes one variable. What does not fit any more makes dst longer than
// MaxData, and no longer than that by more than one variable.
func (d *varDump) append(dst []byte, v *Var, s *Sample) []byte {
	if len(dst) > MaxData || !strings.HasPrefix(v.Name[len(v.Scope.String())+1:], d.prefix) {
		return dst
	}
	if len(dst) > 0 {
		dst = append(dst, d.delimiter...)
	}
	dst = append(append(dst, v.Name...), '=')
	switch s.Type {
	case Bool:
		if s.Int != 0 {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case Bin:
		return hex.AppendEncode(append(dst, 'x'), s.Data)
	case Str, Meth:
		return appendQuoted(dst, s.Data)
	case Sint:
		return fmt.Appendf(dst, "%d", s.Int)
	}
	return appendIP(dst, s.IP)
}

// appendQuoted writes a string as dump_all_vars does.
func appendQuoted(dst, s []byte) []byte {
	dst = append(dst, '"')
	for _, c := range s {
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\b':
			dst = append(dst, '\\', 'b')
		case 0:
			dst = append(dst, '\\', '0')
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
