package stats

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// lines returns the lines of a file of facts.
func lines(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for s := bufio.NewScanner(bytes.NewReader(b)); s.Scan(); {
		if !strings.HasPrefix(s.Text(), "#") {
			list = append(list, s.Text())
		}
	}
	return list
}

// fullRow has a value in each column that its kind can have.
func fullRow(k Kind) *Row {
	c := &Check{Shown: true, Status: "L7OK", Code: 200, Desc: "d", Last: "l"}
	return &Row{Kind: k, Proxy: "p", Name: "n", ProxyID: 3, ID: 1, HTTP: true, Mode: "http", Status: "UP", Address: "a", Cookie: "c", Algorithm: "x", Protocol: "tcpv4",
		Tracked: "b/s", Total: 1, SessionLimit: 1, QueueLimit: 1, IdleLimit: 1, Throttle: 50, Check: c, Agent: c}
}

// Positions, names, tags and types of every value are the reference's.
func TestTypedColumns(t *testing.T) {
	var got []string
	for pos := range columns {
		for _, k := range []Kind{Backend, Frontend, Listener, Server} {
			eachValue(fullRow(k), false, func(p int, c *column, v value) {
				if p == pos {
					got = append(got, fmt.Sprintf("%c %d %s %s:%s", kindLetter[k], p, c.name, v.tags, v.kind))
				}
			})
		}
	}
	want := lines(t, "testdata/stat_typed.txt")
	if len(got) != len(want) {
		t.Errorf("%d values, want %d", len(got), len(want))
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Fatalf("got %s, want %s", got[i], want[i])
		}
	}
}

func TestTypedInfo(t *testing.T) {
	i := Info{Description: ""}
	var plain, float bytes.Buffer
	i.Write(&plain, Form{Format: Typed})
	i.Write(&float, Form{Format: Typed, Float: true})
	p, f := strings.Split(plain.String(), "\n"), strings.Split(float.String(), "\n")
	want := lines(t, "testdata/info_typed.txt")
	if len(p) != len(want)+1 || len(f) != len(p) {
		t.Fatalf("%d and %d lines, want %d", len(p)-1, len(f)-1, len(want))
	}
	for n, w := range want {
		a, b := strings.SplitN(p[n], ":", 4), strings.SplitN(f[n], ":", 4)
		pos, name, _ := strings.Cut(strings.TrimSuffix(a[0], ".1"), ".")
		if got := fmt.Sprintf("%s %s:%s %s:%s %s", pos, a[1], a[2], b[1], b[2], name); got != w {
			t.Errorf("got %s, want %s", got, w)
		}
	}
}

// hostile is what a server's answer or a configuration could put into a text.
const hostile = "a\n\nb\"\\\t\xff:,\x7f\u2028</script>"

func TestTypedText(t *testing.T) {
	r := fullRow(Server)
	r.Check.Last = hostile
	var b bytes.Buffer
	if err := Write(&b, rows{r}, NewFilter(), Form{Format: Typed, Desc: true}); err != nil {
		t.Fatal(err)
	}
	for l := range strings.Lines(b.String()) {
		if l == "\n" || !strings.HasPrefix(l, "S.3.1.") || !strings.HasSuffix(l, "\"\n") {
			t.Errorf("a line %q", l)
		}
	}
	if want := "\nS.3.1.56.last_chk.1:MOPV:str:a  b\"\\ \xff:, \u2028</script>:\"" + columnText["last_chk"] + "\"\n"; !strings.Contains(b.String(), want) {
		t.Errorf("%s lacks %q", b.String(), want)
	}
	b.Reset()
	i := Info{Description: hostile, Uptime: 1500 * time.Millisecond, StartTime: time.Unix(7, 25e7)}
	i.Write(&b, Form{Float: true, Desc: true})
	for _, want := range []string{"\nUptime_sec: 1.500000:\"" + infoText["Uptime_sec"] + "\"\n", "\nStart_time_sec: 7.250000:\"", "\nNbthread: 0:\""} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%s lacks %q", b.String(), want)
		}
	}
}

func TestJSON(t *testing.T) {
	type item struct {
		ObjType   string
		ProxyID   int `json:"proxyId"`
		ID        int
		Field     struct{ Pos int }
		Value     struct{ Value any }
		Tags      map[string]string
		ProcessNo int `json:"processNum"`
	}
	for _, list := range []rows{{}, {fullRow(Frontend)}, {fullRow(Listener), fullRow(Server), fullRow(Backend)}} {
		for _, r := range list {
			if r.Check.Last = hostile; r.Kind == Server {
				r.Status = hostile
			}
		}
		var b bytes.Buffer
		if err := Write(&b, list, NewFilter(), Form{Format: JSON}); err != nil {
			t.Fatal(err)
		}
		var got [][]item
		if err := json.Unmarshal(b.Bytes(), &got); err != nil || len(got) != len(list) || strings.Count(b.String(), "\n") != 1 {
			t.Fatalf("%v: %s", err, b.String())
		}
		for n, r := range list {
			for _, v := range got[n] {
				if v.ObjType != kindName[r.Kind] || v.ProxyID != 3 || v.ID != r.objectID() || v.ProcessNo != 1 || len(v.Tags) != 3 {
					t.Errorf("%+v", v)
				}
				if v.Field.Pos == 56 && v.Value.Value != strings.ToValidUTF8(hostile, "\ufffd") {
					t.Errorf("last_chk %q", v.Value.Value)
				}
				for tag, name := range v.Tags {
					if name == "" {
						t.Errorf("position %d has no %s", v.Field.Pos, tag)
					}
				}
			}
		}
	}
	var b bytes.Buffer
	i := Info{Description: hostile}
	i.Write(&b, Form{Format: JSON, Desc: true})
	var got []item
	if err := json.Unmarshal(b.Bytes(), &got); err != nil || len(got) != len(infoFields)-2 {
		t.Errorf("%d fields, %v: %s", len(got), err, b.String())
	}
	if !json.Valid([]byte(Schema)) || !strings.HasSuffix(Schema, "}\n") || strings.Count(Schema, "\n") != 1 {
		t.Error("the schema is not one line of JSON")
	}
}

// A word "desc" without a text behind it would be worse than none.
func TestDescriptions(t *testing.T) {
	for i := range columns {
		if c := &columns[i]; c.tags != "" && columnText[c.name] == "" {
			t.Errorf("column %s has no description", c.name)
		}
	}
	fields := slices.Concat(infoFields, reloadFields)
	for i := range fields {
		if f := &fields[i]; f.name != "" && infoText[f.name] == "" {
			t.Errorf("field %s has no description", f.name)
		}
	}
	if len(columnText) != len(columns)-2 || len(infoText) != len(fields)-2 {
		t.Error("there are descriptions of nothing")
	}
}
