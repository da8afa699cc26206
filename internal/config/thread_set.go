package config

import (
	"errors"
	"fmt"
	"strings"
)

// MaxThreads, MaxGroups and MaxGroupThreads bound what threads may be numbered
// (manual 3.1 "nbthread", "thread-groups").
const (
	MaxThreads      = 1024
	MaxGroups       = 32
	MaxGroupThreads = 64
)

// ThreadSet is a set of threads as "thread" of a bind line notes it:
// [<group>/]<range>[,...] (manual 5.1). Either all ranges have a group, and
// count the threads of it, or none has, and they count those of the process.
type ThreadSet []ThreadRange

// ThreadRange is a part of a ThreadSet. Both ends belong to it.
type ThreadRange struct {
	Group       int // from 1; 0: threads of the process
	First, Last int // from 1
	Step        int // 2 for "odd" and "even", else 1
}

// ParseThreadSet parses a set; "" is all threads.
func ParseThreadSet(s string) (ThreadSet, error) {
	var set ThreadSet
	for part := range strings.SplitSeq(s, ",") {
		r, err := parseThreadRange(part)
		if err != nil {
			return nil, err
		}
		if len(set) > 0 && r.Group == 0 && set[0].Group != 0 {
			return nil, fmt.Errorf("absolute thread specification '%s' is not permitted after a group-relative thread range.", clip(part))
		}
		if len(set) > 0 && r.Group != 0 && set[0].Group == 0 {
			return nil, fmt.Errorf("group-relative thread specification '%s' is not permitted after a absolute thread range.", clip(part))
		}
		if set = append(set, r); len(set) > MaxThreads {
			return nil, errors.New("too many thread ranges.")
		}
	}
	return set, nil
}

func parseThreadRange(s string) (ThreadRange, error) {
	r := ThreadRange{First: 1, Last: MaxThreads, Step: 1}
	most := MaxThreads
	if i := strings.IndexByte(s, '/'); i == 0 {
		return r, fmt.Errorf("thread group number expected before '%s'.", clip(s))
	} else if i > 0 && digits(s[:i]) {
		n, ok := parseInt(s[:i], 1, MaxGroups)
		if !ok {
			return r, fmt.Errorf("invalid thread group number '%s', permitted range is 1..%d.", clip(s[:i]), MaxGroups)
		}
		r.Group, r.Last, most, s = n, MaxGroupThreads, MaxGroupThreads, s[i+1:]
	}
	switch s {
	case "", "all":
		return r, nil
	case "odd":
		r.Step = 2
		return r, nil
	case "even":
		r.First, r.Step = 2, 2
		return r, nil
	}
	low, high, isRange := strings.Cut(s, "-")
	ok := true
	if low != "" {
		if r.First, ok = parseInt(low, 1, most); !ok || !digits(low) {
			return r, fmt.Errorf("invalid first thread number '%s', permitted range is 1..%d, or 'all', 'odd', 'even'.", clip(low), most)
		}
	}
	switch {
	case !isRange:
		r.Last = r.First
	case high != "":
		if r.Last, ok = parseInt(high, 1, most); !ok || !digits(high) {
			return r, fmt.Errorf("invalid last thread number '%s', permitted range is 1..%d.", clip(high), most)
		}
		if r.Last < r.First {
			r.First, r.Last = r.Last, r.First
		}
	}
	return r, nil
}

func digits(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// Threads returns the threads of the set, from 0, in order. The error completes
// "'thread' directive ...".
func (s ThreadSet) Threads(groups ThreadGroups) ([]int, error) {
	in := make([]bool, len(groups))
	for _, r := range s {
		if r.Group > groups.Count() {
			return nil, fmt.Errorf("references non-existing thread group %d", r.Group)
		}
		number := 0
		for i, g := range groups {
			if r.Group != 0 && g != r.Group {
				continue
			}
			if number++; number >= r.First && number <= r.Last && (number-r.First)%r.Step == 0 {
				in[i] = true
			}
		}
	}
	var list []int
	for i, ok := range in {
		if ok {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return nil, errors.New("only references non-existing threads")
	}
	return list, nil
}

// String is the set as it is written.
func (s ThreadSet) String() string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 {
			b.WriteByte(',')
		}
		most := MaxThreads
		if r.Group != 0 {
			fmt.Fprintf(&b, "%d/", r.Group)
			most = MaxGroupThreads
		}
		switch {
		case r.Step == 2 && r.First == 2:
			b.WriteString("even")
		case r.Step == 2:
			b.WriteString("odd")
		case r.First == 1 && r.Last == most:
			b.WriteString("all")
		case r.First == r.Last:
			fmt.Fprintf(&b, "%d", r.First)
		default:
			fmt.Fprintf(&b, "%d-%d", r.First, r.Last)
		}
	}
	return b.String()
}
