package stream

// room is how many bytes rules may write into a head of which, with what follows
// it, so many have come: as much as a buffer of tune.bufsize has left, and never
// less than tune.maxrewrite.
func (e *Engine) room(received int) int {
	return max(1, e.tune.replayLimit()-min(received, e.inspectMost()))
}

// countUnfit counts the rewritings that found no room.
func (st *stream) countUnfit() {
	unfit := int64(st.result.Unfit)
	st.result.Unfit = 0
	st.c.tally(func(n *counters) { n.Unfit += unfit })
	if st.be != nil {
		st.be.Loops[st.th.id].Unfit += unfit
	}
}
