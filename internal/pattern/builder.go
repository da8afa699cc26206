package pattern

// Append adds a pattern as a rule gives it. For numbers it may also be an operator
// (eq, ge, gt, le, lt) for those that follow, which op keeps. The error is in the
// reference's words.
func (r *Reference) Append(pattern string, m Method, op *Operator) error {
	if m == Int || m == Len {
		if o, ok := parseOperator(pattern); ok {
			op.kind = o
			return nil
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.append(r.current.Load(), pattern, "", 0, op.kind)
}

// Operator is the comparison that is in force while the patterns of a rule are read.
type Operator struct{ kind operator }

// Builder collects the patterns of a set.
type Builder struct {
	set Set
	op  Operator
}

// NewBuilder starts a set for one method.
func NewBuilder(m Method) *Builder { return &Builder{set: Set{method: m}} }

// Add adds one pattern as it is written in a rule; fold ignores the case of
// letters.
func (b *Builder) Add(pattern string, fold bool) error {
	v := &b.set.views[0]
	if fold {
		v = &b.set.views[1]
	}
	if *v == nil {
		*v, _ = NewReference("").View(b.set.method, fold, NoValue)
	}
	return (*v).ref.Append(pattern, b.set.method, &b.op)
}

// Build finishes the set. The builder must not be used afterwards.
func (b *Builder) Build() *Set { return &b.set }
