package explain

// Bounds of one record: an explanation is for a reader, and may be asked of a
// process that serves.
const (
	maxNodes = 20000
	maxBytes = 4 << 20
	maxText  = 512 // of one text or value
	maxDepth = 64
)

// Recorder keeps the record of one request. It is used by one goroutine at a
// time. Every Open is followed by one Close, innermost first.
type Recorder struct {
	Report Report

	open  []*Node
	nodes int
	bytes int
}

// Open begins a node; what is recorded until its Close belongs to it.
func (r *Recorder) Open(k Kind, file string, line int, text string) *Node {
	n := &Node{Kind: k, File: file, Line: line, Text: clip(text)}
	r.add(n)
	r.open = append(r.open, n)
	return n
}

// Close ends the innermost open node. The result is given where it has none yet.
func (r *Recorder) Close(result string) {
	i := len(r.open) - 1
	if i < 0 {
		return // the evaluation that opened it was given up
	}
	if n := r.open[i]; n.Result == "" {
		n.Result = result
	}
	r.open = r.open[:i]
}

// Add records a node without further ones.
func (r *Recorder) Add(k Kind, file string, line int, text, result string) {
	r.add(&Node{Kind: k, File: file, Line: line, Text: clip(text), Result: clip(result)})
}

// Note records a decision that is no rule.
func (r *Recorder) Note(text, result string) { r.Add(Note, "", 0, text, result) }

// Enter says whose rules follow, if they are not those of the same as before.
func (r *Recorder) Enter(proxy string) {
	r.open = r.open[:0]
	for i := len(r.Report.Nodes) - 1; i >= 0; i-- {
		if n := r.Report.Nodes[i]; n.Kind == Proxy {
			if n.Text == proxy {
				return
			}
			break
		}
	}
	r.Add(Proxy, "", 0, proxy, "")
}

func (r *Recorder) add(n *Node) {
	r.nodes++
	r.bytes += len(n.Text) + len(n.Value) + len(n.Result)
	if r.nodes > maxNodes || r.bytes > maxBytes || len(r.open) > maxDepth {
		r.Report.Cut = true
		return
	}
	if i := len(r.open) - 1; i >= 0 {
		r.open[i].Nodes = append(r.open[i].Nodes, n)
		return
	}
	r.Report.Nodes = append(r.Report.Nodes, n)
}

func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	return s[:maxText] + "…"
}
