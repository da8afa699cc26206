package config

import (
	"slices"
	"testing"
)

func TestThreadSet(t *testing.T) {
	two := ThreadGroups{1, 1, 1, 1, 2, 2, 2, 2}
	for _, c := range []struct {
		text string
		want []int
		as   string
	}{
		{"", []int{0, 1, 2, 3, 4, 5, 6, 7}, "all"},
		{"all", []int{0, 1, 2, 3, 4, 5, 6, 7}, "all"},
		{"odd", []int{0, 2, 4, 6}, "odd"},
		{"even", []int{1, 3, 5, 7}, "even"},
		{"3", []int{2}, "3"},
		{"3,1,2-3", []int{0, 1, 2}, "3,1,2-3"},
		{"6-", []int{5, 6, 7}, "6-1024"},
		{"-2", []int{0, 1}, "1-2"},
		{"4-2", []int{1, 2, 3}, "2-4"},
		{"1/", []int{0, 1, 2, 3}, "1/all"},
		{"2/all", []int{4, 5, 6, 7}, "2/all"},
		{"1/1-2,2/odd", []int{0, 1, 4, 6}, "1/1-2,2/odd"},
		{"2/3-64", []int{6, 7}, "2/3-64"},
	} {
		s, err := ParseThreadSet(c.text)
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if got, err := s.Threads(two); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q: threads %v, %v; want %v", c.text, got, err, c.want)
		}
		if s.String() != c.as {
			t.Errorf("%q: as %q, want %q", c.text, s, c.as)
		}
	}
	for text, want := range map[string]string{
		"9":     "only references non-existing threads",
		"1/5":   "only references non-existing threads",
		"3/all": "references non-existing thread group 3",
	} {
		s, err := ParseThreadSet(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Threads(two); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestThreadSetFaults(t *testing.T) {
	for text, want := range map[string]string{
		"0":       "invalid first thread number '0', permitted range is 1..1024, or 'all', 'odd', 'even'.",
		"a":       "invalid first thread number 'a', permitted range is 1..1024, or 'all', 'odd', 'even'.",
		"+1":      "invalid first thread number '+1', permitted range is 1..1024, or 'all', 'odd', 'even'.",
		"1-b":     "invalid last thread number 'b', permitted range is 1..1024.",
		"1/65":    "invalid first thread number '65', permitted range is 1..64, or 'all', 'odd', 'even'.",
		"1/1-99":  "invalid last thread number '99', permitted range is 1..64.",
		"all/1":   "invalid first thread number 'all/1', permitted range is 1..1024, or 'all', 'odd', 'even'.",
		"/1":      "thread group number expected before '/1'.",
		"33/1":    "invalid thread group number '33', permitted range is 1..32.",
		"1/1,2":   "absolute thread specification '2' is not permitted after a group-relative thread range.",
		"1025":    "invalid first thread number '1025', permitted range is 1..1024, or 'all', 'odd', 'even'.",
		"1-2-3":   "invalid last thread number '2-3', permitted range is 1..1024.",
		"2,1/all": "group-relative thread specification '1/all' is not permitted after a absolute thread range.",
	} {
		if _, err := ParseThreadSet(text); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func TestThreadGroups(t *testing.T) {
	upTo := func(first, last int) ThreadSet { return ThreadSet{{First: first, Last: last, Step: 1}} }
	for _, c := range []struct {
		g       Global
		threads int
		want    ThreadGroups
		wrong   string
	}{
		{Global{}, 3, ThreadGroups{1, 1, 1}, ""},
		{Global{NBGroups: 2}, 4, ThreadGroups{1, 1, 2, 2}, ""},
		{Global{NBGroups: 2}, 5, ThreadGroups{1, 1, 1, 2, 2}, ""},
		{Global{MaxPerGroup: 2}, 5, ThreadGroups{1, 1, 2, 2, 3}, ""},
		{Global{NBGroups: 3}, 2, ThreadGroups{1, 2}, "More unassigned thread-groups (3) than threads (2). Please reduce thread-groups"},
		{Global{NBGroups: 2, GroupThreads: []ThreadSet{upTo(1, 3)}}, 4, ThreadGroups{1, 1, 1, 2}, ""},
		{Global{NBGroups: 2, GroupThreads: []ThreadSet{upTo(1, 4)}}, 4, ThreadGroups{1, 1, 1, 1}, "More unassigned thread-groups (1) than threads (0). Please reduce thread-groups"},
		{Global{NBGroups: 2, GroupThreads: []ThreadSet{nil, upTo(1, 1)}}, 3, ThreadGroups{2, 1, 1}, ""},
		{Global{GroupThreads: []ThreadSet{upTo(2, 3)}}, 4, ThreadGroups{1, 1, 1, 1},
			"Remaining unassigned threads found (2) because all groups are in use. Please increase 'thread-groups', reduce 'nbthreads' or remove or extend 'thread-group' enumerations."},
	} {
		got, wrong := c.g.ThreadGroups(c.threads), c.g.GroupFault(c.threads)
		if !slices.Equal(got, c.want) || wrong != c.wrong {
			t.Errorf("%d groups, %v, %d threads: %v %q, want %v %q", c.g.NBGroups, c.g.GroupThreads, c.threads, got, wrong, c.want, c.wrong)
		}
	}
	if got := (&Global{}).ThreadGroups(1024); got.Count() != MaxGroups {
		t.Errorf("1024 threads in %d groups", got.Count())
	}
	g := ThreadGroups{1, 2, 1}
	if g.Count() != 2 || !slices.Equal(g.Of(1), []int{0, 2}) {
		t.Errorf("%d groups, the first %v", g.Count(), g.Of(1))
	}
}

func FuzzThreadSet(f *testing.F) {
	for _, s := range []string{"all", "1/1-4,2/odd", "1-", "-4", "even,3"} {
		for i := range s {
			f.Add(s[:i])
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseThreadSet(text)
		if err != nil {
			return
		}
		again, err := ParseThreadSet(s.String())
		if err != nil || !slices.Equal(s, again) {
			t.Errorf("%q is %q, which is %v, %v", text, s, again, err)
		}
	})
}
