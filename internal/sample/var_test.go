package sample

import (
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// varCtx is a context with all sets of a stream.
func varCtx(t testing.TB) *Ctx {
	c := testCtx(t, plainRequest)
	sets := make([]VarSet, varScopes)
	up := map[VarScope]VarScope{VarTxn: VarSess, VarReq: VarTxn, VarRes: VarTxn}
	for _, s := range []VarScope{VarSess, VarTxn, VarReq, VarRes} {
		var over *VarSet
		if u, ok := up[s]; ok {
			over = &sets[u]
		}
		sets[s].Init(s, over)
		c.Vars[s] = &sets[s]
	}
	return c
}

// The values were observed on the reference, version 3.5-dev5; those of
// dump_all_vars are what the manual of 3.4 says.
func TestVariables(t *testing.T) {
	for _, x := range []struct{ format, want string }{
		{"%[str(one),set-var(txn.a)] %[var(txn.a)] %[var(sess.a)]|%[var(sess.a,none)]|%[var(sess.a,)]", "one one |none|"},
		{"%[str(one),set-var(txn.a)]%[str(x),unset-var(txn.a)] %[var(txn.a,gone)]", "onex gone"},
		{"%[str(x),set-var(txn.a,ifexists)]%[var(txn.a,no)] %[str(x),set-var(txn.a,ifnotexists)]%[var(txn.a,no)] %[str(y),set-var(txn.a,ifnotexists)]%[var(txn.a,no)]", "no xx x"},
		{"%[str(x),set-var(txn.a,ifset)]%[var(txn.a,no)] %[str(x),set-var(txn.a,ifnotset)]%[var(txn.a,no)] %[str(y),set-var(txn.a,ifset)]%[var(txn.a,no)]", "no xx yy"},
		{"%[str(),set-var(txn.m,ifempty)]%[var(txn.m,no)] %[str(),set-var(txn.n,ifnotempty)]%[var(txn.n,no)] %[int(0),set-var(txn.o,ifempty)]%[var(txn.o,no)]", " no no"},
		{"%[int(5),set-var(txn.i)]%[int(3),set-var(txn.i,ifgt)]%[var(txn.i)] %[int(9),set-var(txn.i,ifgt)]%[var(txn.i)] %[int(9),set-var(txn.i,iflt)]%[var(txn.i)] %[str(abc),set-var(txn.i,ifgt)]%[var(txn.i)] %[int(1),set-var(txn.i2,ifgt)]%[var(txn.i2)]", "533 3 99 abcabc 11"},
		{"%[int(1),set-var(txn.b,ifset,ifgt)]%[var(txn.b,no)]%[int(5),set-var(txn.b)]%[int(1),set-var(txn.b,ifset,ifgt)]%[var(txn.b)]", "no511"},
		{"%[int(3),set-var(txn.i)]%[str(one-one+),set-var(txn.s)] %[int(2),add(txn.i)] %[int(2),add(txn.s)] [%[int(2),add(txn.none)]] %[int(2),sub(txn.i)] %[int(2),mul(txn.i)] %[int(7),div(txn.i)] %[int(7),mod(txn.i)] %[int(6),and(txn.i)] %[int(4),or(txn.i)] %[int(1),xor(txn.i)]", "3one-one+ 5 2 [] -1 6 2 1 2 7 2"},
		{"%[str(again),set-var(txn.a)] %[str(one),strcmp(txn.a)] %[str(zz),strcmp(txn.a)] %[str(again),strcmp(txn.a)] %[str(aga),strcmp(txn.a)] [%[str(a),strcmp(txn.none)]]", "again 14 25 0 -1 []"},
		{"%[str(again),set-var(txn.a)] %[str(again),secure_memcmp(txn.a)] %[str(agaim),secure_memcmp(txn.a)] %[str(a),secure_memcmp(txn.a)] [%[str(a),secure_memcmp(txn.none)]]", "again 1 0 0 []"},
		{"%[int(3),set-var(txn.i)]%[bool(1),set-var(txn.b)]%[src,set-var(txn.ip)]%[method,set-var(txn.m)] [%[str(a),concat(x,txn.none,y)]] [%[str(),concat(x)]] %[str(a),concat(,txn.i)] %[str(a),concat(,txn.b)] %[str(a),concat(,txn.ip)] %[str(a),concat(-,txn.m,+)]", "31127.0.0.1GET [axy] [x] a3 a1 a127.0.0.1 a-GET+"},
		{"%[int(3),set-var(txn.i)] %[str(a),add_item(;,txn.i,z)] %[str(),add_item(;,txn.i,z)] %[str(a),add_item(;,txn.none)] %[str(a),add_item(;,txn.none,z)] %[str(a),add_item(;,,z)]", "3 a;3z 3z a a;z a;z"},
		{"%[int(5),set-var(txn.j)]%[int(-1),set-var(txn.neg)] %[str(abcdef),bytes(txn.j,1)] %[str(abcdef),bytes(2,txn.j)] [%[str(abcdef),bytes(txn.none)]] [%[str(abcdef),bytes(txn.neg)]] [%[str(abcdef),bytes(0,txn.neg)]]", "5-1 f cdef [] [] []"},
		{"%[str(x),set-var(ptxn.a)]%[var(ptxn.a,no)] %[str(x),set-var(check.a)]%[var(check.a,no)]", "no no"},
		{"%[str(0123456789),set-var(txn.a)] %[var(txn.a),bytes(3,4),set-var(txn.a)] %[var(txn.a)] %[var(txn.a),concat(-,txn.a,-),set-var(txn.a)] %[var(txn.a)]", "0123456789 3456 3456 3456-3456- 3456-3456-"},
		{`%[str('a"b\\c'),set-var(sess.a)]%[bin(48656c00),set-var(txn.d)]%[int(42),set-var(txn.n)]%[bool(1),set-var(req.t)]%[bool(0),set-var(req.f)]%[src,set-var(res.ip)]%[method,set-var(res.m)] %[dump_all_vars]`,
			`a"b\\cHel4210127.0.0.1GET sess.a="a\"b\\\\c", txn.d=x48656c00, txn.n=42, req.t=true, req.f=false, res.ip=127.0.0.1, res.m="GET"`},
		{"%[int(1),set-var(txn.aa)]%[int(2),set-var(txn.ab)]%[int(3),set-var(txn.b)]%[int(4),set-var(sess.aa)] %[dump_all_vars(txn,a,'; ')] %[dump_all_vars(sess)] [%[dump_all_vars(res)]] %[dump_all_vars(,a,|)]", "1234 txn.aa=1; txn.ab=2 sess.aa=4 [] sess.aa=4|txn.aa=1|txn.ab=2"},
	} {
		if got := text(t, varCtx(t), x.format); got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.format, got, x.want)
		}
	}
}

func TestVariableErrors(t *testing.T) {
	const scopes = "A variable name must start with its scope. The scope can be 'proc', '(p)sess', '(p)txn', '(p)req', '(p)res' or 'check'"
	for expr, want := range map[string]string{
		"var":                     "invalid args in fetch method 'var' : Empty variable name cannot be accepted",
		"var(foo)":                "invalid args in fetch method 'var' : invalid variable name 'foo'. " + scopes,
		"var(txn.)":               "invalid args in fetch method 'var' : invalid variable name 'txn.'. " + scopes,
		"var(txn.a-b)":            "invalid args in fetch method 'var' : invalid syntax at char '-'",
		"str(a),strcmp()":         "invalid args in converter 'strcmp' : missing variable name",
		"str(a),strcmp(x)":        "invalid args in converter 'strcmp' : failed to register variable name 'x'",
		"str(a),concat(,x)":       "invalid args in converter 'concat' : failed to register variable name 'x'",
		"str(a),add_item(a)":      "invalid arg 2 in converter 'add_item' : missing arguments (got 1/2), type 'string' expected",
		"str(a),add_item(a,)":     "invalid args in converter 'add_item' : one of the optional arguments has to be nonempty",
		"str(a),set-var(txn.a,x)": "invalid args in converter 'set-var' : unknown condition \"x\"",
		"str(a),unset-var(x)":     "invalid args in converter 'unset-var' : invalid variable name 'x'. " + scopes,
		"str(a),bytes(1,x)":       "invalid args in converter 'bytes' : expects an integer or a variable name",
		"dump_all_vars(check)":    "invalid args in fetch method 'dump_all_vars' : invalid scope 'check', must be one of: sess, txn, req, res, proc",
	} {
		if _, _, err := ParseExpr(expr, testScope); err == nil || err.Error() != want {
			t.Errorf("%s\n got %v\nwant %s", expr, err, want)
		}
	}
}

// A set behaves as a map does, whatever is set and forgotten in whatever order.
func TestVarSetIsAMap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	var list []*Var
	for i := range 40 {
		v, err := ParseVar(fmt.Sprintf("txn.map%d", i))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, v)
	}
	c := varCtx(t)
	want := map[*Var]string{}
	for range 20000 {
		v := list[r.IntN(len(list))]
		switch r.IntN(20) {
		case 0:
			c.Vars[VarTxn].Clear(VarTxn)
			clear(want)
		case 1, 2, 3, 4:
			v.Unset(c)
			delete(want, v)
		default:
			text := strings.Repeat("x", r.IntN(30)) + v.Name
			v.store(c, &Sample{Type: Str, Data: []byte(text)}, 0)
			want[v] = text
		}
		for _, v := range list {
			var s Sample
			text, set := want[v]
			if v.Load(c, &s) != set || string(s.Data) != text {
				t.Fatalf("%s is %q, want %q", v.Name, s.Data, text)
			}
		}
	}
}

func TestVarLimits(t *testing.T) {
	defer LimitVars(VarLimits{})
	const one = varCost + 10
	for _, x := range []struct {
		name   string
		limits VarLimits
		want   string // of the variables set in turn, each of one
	}{
		{"none", VarLimits{}, "sess.1 txn.1 req.1 proc.lim"},
		{"sess", VarLimits{Sess: 2 * one}, "sess.1 txn.1 proc.lim"},
		{"txn", VarLimits{Txn: one}, "sess.1 txn.1 proc.lim"},
		{"reqres", VarLimits{ReqRes: one - 1}, "sess.1 txn.1 proc.lim"},
		{"proc", VarLimits{Proc: 3 * one}, "sess.1 txn.1 req.1"},
		{"global", VarLimits{Proc: 9 * one, Global: one}, "sess.1"},
	} {
		LimitVars(x.limits)
		c := varCtx(t)
		var got []string
		for _, name := range []string{"sess.1", "txn.1", "req.1", "proc.lim"} {
			v, _ := ParseVar(name)
			v.Unset(c)
			v.store(c, &Sample{Type: Str, Data: []byte("0123456789")}, 0)
			var s Sample
			if v.Load(c, &s) {
				got = append(got, name)
			}
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%s: %s, want %s", x.name, s, x.want)
		}
		for _, s := range []VarScope{VarReq, VarTxn, VarSess} {
			c.Vars[s].Clear(s)
		}
		if v := FindVar("proc.lim"); true {
			v.Unset(c)
		}
		if n := varMemory.Load(); n != 0 {
			t.Errorf("%s: %d bytes are left", x.name, n)
		}
	}
}

// A value that does not fit any more leaves its variable unset, and gives back
// what the old value took.
func TestVarOutgrowsItsLimit(t *testing.T) {
	LimitVars(VarLimits{Txn: varCost + 8})
	defer LimitVars(VarLimits{})
	c := varCtx(t)
	v, _ := ParseVar("txn.grow")
	var s Sample
	for _, text := range []string{"12345678", "1234", "123456789", "12345678"} {
		v.store(c, &Sample{Type: Str, Data: []byte(text)}, 0)
		if set := v.Load(c, &s); set != (len(text) <= 8) || set && string(s.Data) != text {
			t.Errorf("%q: %v %q", text, set, s.Data)
		}
	}
}

// Variables that are set again, with values no longer than before, cost nothing.
func TestVariablesDoNotAllocate(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	c := varCtx(t)
	f, err := ParseFormat("%[path,set-var(txn.p)]%[src,set-var(sess.s)]%[int(5),set-var(proc.alloc)]%[var(txn.p),concat(-,txn.p,-),set-var(req.q)]%[int(1),add(proc.alloc)]%[str(b),strcmp(txn.p)]", TextStyle, FeReqHead, testScope)
	if err != nil {
		t.Fatal(err)
	}
	out := f.Append(nil, c)
	if n := testing.AllocsPerRun(100, func() {
		c.Vars[VarTxn].Clear(VarTxn)
		c.Vars[VarReq].Clear(VarReq)
		out = f.Append(out[:0], c)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// Variables of the process are counted up by all at once without loss when every
// one sets only what is greater.
func TestProcessVariableInParallel(t *testing.T) {
	set, err := ParseAssignment("proc.highest", "iflt")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			var c Ctx
			for n := range 1000 {
				set.Set(&c, &Sample{Type: Sint, Int: int64(n*4 + i)})
			}
		})
	}
	wg.Wait()
	var s Sample
	if !set.Var().Load(&Ctx{}, &s) || s.Int != 3999 {
		t.Errorf("%d", s.Int)
	}
}

func TestVarNames(t *testing.T) {
	a, _ := ParseVar("sess.same")
	b, _ := ParseVar("sess.same")
	other, _ := ParseVar("txn.same")
	if a != b || a == other || FindVar("sess.same") != a || FindVar("sess.never") != nil {
		t.Error("names are mixed up")
	}
	if list := varsOf(VarSess); !slices.Contains(list, a) || slices.Contains(list, nil) {
		t.Errorf("%v", list)
	}
	if VarParentRes.String() != "pres" || VarProc.String() != "proc" {
		t.Error("names of scopes")
	}
}

// The dates of formats outside of logs, in the reference's form.
func TestDateAliases(t *testing.T) {
	c := testCtx(t, plainRequest)
	if got := text(t, c, "%T %Ts %ms"); got != "14/Nov/2023:22:13:20 +0000 1700000000 123" {
		t.Error(got)
	}
	if got := text(t, c, "%t %Tl"); !regexp.MustCompile(`^1[45]/Nov/2023:[0-9:]{8}\.123 1[45]/Nov/2023:[0-9:]{8} [+-][0-9]{4}$`).MatchString(got) {
		t.Error(got)
	}
}
