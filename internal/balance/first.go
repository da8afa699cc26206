package balance

import "slices"

// ordered chooses the first server of a list that may be taken: that of the
// lowest number with "first", the one that has served longest with "sticky".
type ordered struct {
	unloaded
	list []int  // of servers
	in   []bool // by server
	tail bool   // who comes up goes to the end
}

func newFirst(servers []Server) *ordered {
	o := &ordered{in: make([]bool, len(servers))}
	for i, v := range servers {
		o.list = append(o.list, i)
		o.in[i] = v.Weight > 0
	}
	slices.SortStableFunc(o.list, func(a, b int) int {
		switch x, y := servers[a].ID, servers[b].ID; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	return o
}

func newSticky(servers []Server) *ordered {
	o := &ordered{tail: true, in: make([]bool, len(servers))}
	for i, v := range servers {
		o.SetWeight(i, v.Weight)
	}
	return o
}

func (o *ordered) SetWeight(i, weight int) {
	in := weight > 0
	if o.tail && in != o.in[i] {
		if in {
			o.list = append(o.list, i)
		} else {
			o.list = slices.DeleteFunc(o.list, func(j int) bool { return j == i })
		}
	}
	o.in[i] = in
}

func (o *ordered) Pick(a Ask) int {
	for _, i := range o.list {
		if o.in[i] && a.OK(i) {
			return i
		}
	}
	return -1
}
