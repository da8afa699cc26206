package stream

import "github.com/sluice-proxy/sluice/internal/sys"

// accounts keep what the streams of a thread take of it (manual 7.3.2 "cpu_calls"
// and its kin). They begin with the first who asks: a clock is read at each call of a
// handler, which nobody should pay for who does not look.
type accounts struct {
	began   int64  // the call in hand, monotonic ns
	call    uint32 // its number
	touched []*stream
}

// account is what one stream took. A call is one run of a handler that concerned it.
type account struct {
	calls uint32
	call  uint32 // the last one that was counted
	since int64  // from when that one counts
	cpu   int64  // ns, without the call in hand
	wait  int64  // ns from the events to the handlers
}

// enter begins a call for st; nil: for no stream yet.
func (t *Thread) enter(st *stream) {
	a := t.accounts
	if a == nil {
		return
	}
	now := sys.Monotonic()
	a.settle(now)
	a.call++
	a.began = now
	if st != nil {
		t.touch(st, now)
	}
}

// touch counts the call in hand for st, from now on.
func (t *Thread) touch(st *stream, now int64) {
	a := t.accounts
	if k := &st.took; k.call != a.call || k.calls == 0 {
		k.call, k.since = a.call, now
		k.calls++
		k.wait += max(a.began-t.Now(), 0)
		a.touched = append(a.touched, st)
	}
}

// settle ends the call in hand.
func (a *accounts) settle(now int64) {
	for i, st := range a.touched {
		// One that ended may have begun anew since: then it was touched once more.
		if k := &st.took; st.c != nil && k.call == a.call {
			k.cpu += now - k.since
			k.call = 0
		}
		a.touched[i] = nil
	}
	a.touched = a.touched[:0]
}

// taken is the account of st up to now. Who asks first has it kept from now on.
func (st *stream) taken() account {
	t := st.th
	if t.accounts == nil {
		t.accounts = &accounts{call: 1, began: sys.Monotonic()}
		t.touch(st, t.accounts.began)
	}
	k := st.took
	if k.calls > 0 && k.call == t.accounts.call {
		k.cpu += sys.Monotonic() - k.since
	}
	return k
}
