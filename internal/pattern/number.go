package pattern

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// span is the numbers from lo to hi, both included.
type span struct{ lo, hi int64 }

type operator uint8

const (
	opNone operator = iota
	opEq
	opGe
	opGt
	opLe
	opLt
)

func parseOperator(s string) (operator, bool) {
	switch s {
	case "eq":
		return opEq, true
	case "ge":
		return opGe, true
	case "gt":
		return opGt, true
	case "le":
		return opLe, true
	case "lt":
		return opLt, true
	}
	return opNone, false
}

// parseRange reads "5", "5:", ":5" or "5:9" under an operator. On a range an
// operator has no effect: the manual discourages it, the reference ignores it.
func parseRange(s string, op operator) (span, error) {
	kind := fmt.Errorf("'%s' is not a number", s)
	if op != opNone {
		kind = fmt.Errorf("'%s' is neither a number nor a supported operator", s)
	}
	low, high, ranged := strings.Cut(s, ":")
	r := span{math.MinInt64, math.MaxInt64}
	if ranged {
		bad := fmt.Errorf("'%s' is not a valid number range", s)
		if s == ":" || strings.Contains(high, ":") {
			return r, bad
		}
		var ok bool
		if low != "" {
			if r.lo, ok = parseNumber(low); !ok {
				return r, kind
			}
		}
		if high != "" {
			if r.hi, ok = parseNumber(high); !ok {
				return r, kind
			}
		}
		if r.lo > r.hi {
			return r, bad
		}
		return r, nil
	}
	v, ok := parseNumber(s)
	if !ok {
		return r, kind
	}
	switch op {
	case opGe:
		r.lo = v
	case opGt:
		if v == math.MaxInt64 {
			return span{1, 0}, nil
		}
		r.lo = v + 1
	case opLe:
		r.hi = v
	case opLt:
		if v == math.MinInt64 {
			return span{1, 0}, nil
		}
		r.hi = v - 1
	default:
		r = span{v, v}
	}
	return r, nil
}

// parseNumber reads a decimal number, saturating at 64 bits.
func parseNumber(s string) (int64, bool) {
	digits := strings.TrimPrefix(s, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return 0, false
	}
	v, _ := strconv.ParseInt(s, 10, 64) // saturates on overflow
	return v, true
}
