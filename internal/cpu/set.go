// Package cpu says which CPUs there are, which of them a process should use and
// how many threads that makes: CPU sets, the topology of the machine, quotas of
// control groups, and the policies that choose (manual 3.1, "cpu-policy").
//
// It changes nothing: whoever owns a thread binds it.
package cpu

import (
	"errors"
	"fmt"
	"math/bits"
	"strconv"
	"strings"
)

// Max is the number of CPUs a Set can name.
const Max = 1024

// Set is a set of CPUs by their number in the system.
type Set [Max / 64]uint64

// ErrRange means a number above those of a Set.
var ErrRange = fmt.Errorf("supports CPU numbers from 0 to %d.", Max-1)

// NotRange is a word that is no range of CPUs.
type NotRange string

func (e NotRange) Error() string { return "'" + string(e) + "' is not a CPU range." }

// Of returns the set of the given CPUs.
func Of(list ...int) Set {
	var s Set
	for _, n := range list {
		s.Add(n)
	}
	return s
}

// ParseRanges parses "0-3,7" as a configuration has it: an open end is the last
// CPU, and the ends may be swapped.
func ParseRanges(text string) (Set, error) {
	var s Set
	for part := range strings.SplitSeq(text, ",") {
		if part == "" {
			continue
		}
		low, high, isRange := strings.Cut(part, "-")
		a, err := number(low)
		if err != nil {
			return s, rangeError(err, part)
		}
		b := a
		if isRange && high == "" {
			b = Max - 1
		} else if isRange {
			if b, err = number(high); err != nil {
				return s, rangeError(err, part)
			}
		}
		for n := min(a, b); n <= max(a, b); n++ {
			s.Add(n)
		}
	}
	return s, nil
}

func rangeError(err error, part string) error {
	if errors.Is(err, strconv.ErrRange) {
		return ErrRange
	}
	return NotRange(part)
}

func number(s string) (int, error) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, strconv.ErrSyntax
	}
	n, err := strconv.Atoi(s)
	if err != nil || n >= Max {
		return 0, strconv.ErrRange
	}
	return n, nil
}

// Add puts CPU n into the set; numbers beyond Max are left out.
func (s *Set) Add(n int) {
	if n >= 0 && n < Max {
		s[n/64] |= 1 << (n % 64)
	}
}

// Has tells whether CPU n belongs to the set.
func (s Set) Has(n int) bool { return n >= 0 && n < Max && s[n/64]>>(n%64)&1 != 0 }

// Len is the number of CPUs in the set.
func (s Set) Len() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// And returns what both sets have, Or what either has.
func (s Set) And(o Set) Set {
	for i := range s {
		s[i] &= o[i]
	}
	return s
}

// Or is described at And.
func (s Set) Or(o Set) Set {
	for i := range s {
		s[i] |= o[i]
	}
	return s
}

// Minus returns what s has and o has not.
func (s Set) Minus(o Set) Set {
	for i := range s {
		s[i] &^= o[i]
	}
	return s
}

// List returns the CPUs in order.
func (s Set) List() []int {
	var list []int
	for i, w := range s {
		for ; w != 0; w &= w - 1 {
			list = append(list, i*64+bits.TrailingZeros64(w))
		}
	}
	return list
}

// String is the set in the kernel's notation, "0-3,7".
func (s Set) String() string {
	var b strings.Builder
	list := s.List()
	for i := 0; i < len(list); {
		j := i
		for j+1 < len(list) && list[j+1] == list[j]+1 {
			j++
		}
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.Itoa(list[i]))
		if j > i {
			b.WriteString("-" + strconv.Itoa(list[j]))
		}
		i = j + 1
	}
	return b.String()
}
