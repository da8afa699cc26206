package rule

import (
	"io/fs"
	"testing"

	"github.com/sluice-proxy/sluice/internal/sample"
)

// The patterns of a test are read again, from all of its files, with what stands
// beside them in the rule.
func TestPatterns(t *testing.T) {
	files := map[string][]byte{"/lists/a": []byte("one\n"), "/lists/b": []byte("two\n")}
	read := func(name string) ([]byte, error) {
		if data, ok := files[name]; ok {
			return data, nil
		}
		return nil, fs.ErrNotExist
	}
	var loaded []*Patterns
	k := &Compiler{
		FileName: func(name string) string { return "/lists/" + name },
		ReadFile: func(name string) ([]byte, error) { return read("/lists/" + name) },
		Loaded:   func(p *Patterns) { loaded = append(loaded, p) },
	}
	acl := &ACL{}
	for _, words := range [][]string{{"str(x)", "-m", "str", "plain"}, {"str(THREE)", "-m", "str", "-i", "-f", "a", "-f", "opt@c", "-f", "b", "four"}} {
		if err := k.Test(acl, words); err != nil {
			t.Fatal(err)
		}
	}
	if len(loaded) != 3 || loaded[1].Files[0] != "/lists/c" {
		t.Fatalf("%+v", loaded)
	}
	holds := func() bool { return acl.True(&sample.Ctx{}) }
	if holds() {
		t.Error("it holds before")
	}
	files["/lists/c"] = []byte("three\n")
	swap, err := loaded[1].Prepare(read)
	if err != nil {
		t.Fatal(err)
	}
	if holds() {
		t.Error("it holds before the swap")
	}
	if swap(); !holds() {
		t.Error("it does not hold")
	}
	delete(files, "/lists/b")
	if _, err := loaded[2].Prepare(read); err == nil {
		t.Error("a file is not there")
	}
	if !holds() {
		t.Error("it does not hold any more")
	}
	delete(files, "/lists/c")
	if swap, err = loaded[1].Prepare(read); err != nil {
		t.Fatal("a file that may be absent:", err)
	}
	if swap(); holds() {
		t.Error("it holds after its file has gone")
	}
}
