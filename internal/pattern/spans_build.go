package pattern

import (
	"cmp"
	"slices"
)

// gather has the ranges of a file wait for build: a tree made at once costs far less
// than one made range by range.
func (s *spans) gather() { s.gathering = true }

// build makes those that wait visible.
func (s *spans) build() {
	list := s.waiting
	s.gathering, s.waiting = false, nil
	if root := s.root.Load(); root != nil {
		for _, n := range list {
			root = root.with(n)
		}
		s.root.Store(root)
		return
	}
	slices.SortFunc(list, func(a, b *spanNode) int {
		return cmp.Or(cmp.Compare(a.lo, b.lo), cmp.Compare(a.e.id, b.e.id))
	})
	var edge []*spanNode // from the root to the last one, always to the right
	for _, n := range list {
		for len(edge) > 0 && edge[len(edge)-1].rank < n.rank {
			n.left = edge[len(edge)-1].summed() // nothing comes below it any more
			edge = edge[:len(edge)-1]
		}
		if len(edge) > 0 {
			edge[len(edge)-1].right = n
		}
		edge = append(edge, n)
	}
	for _, n := range slices.Backward(edge) {
		n.summed()
	}
	if len(edge) > 0 {
		s.root.Store(edge[0])
	}
}
