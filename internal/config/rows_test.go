package config

import (
	"strings"
	"testing"
)

// Every row has a sentence of its own and is the only one of its name in its
// sections.
func TestRows(t *testing.T) {
	names, docs := map[string]Sections{}, map[string]Sections{}
	n := 0
	for _, table := range Rows() {
		for _, k := range table {
			n++
			in := k.In &^ NamedDefaults
			if in == 0 || k.Name == "" {
				t.Errorf("%+v is incomplete", k)
			}
			if in&names[k.Name] != 0 {
				t.Errorf("%s is there twice", k.Name)
			}
			names[k.Name] |= in
			if k.Group {
				continue
			}
			sentence(t, k.Name, k.Doc)
			if in&docs[k.Doc] != 0 {
				t.Errorf("%s shares its sentence: %s", k.Name, k.Doc)
			}
			docs[k.Doc] |= in
		}
	}
	if n < 600 {
		t.Errorf("only %d rows", n)
	}
}

func sentence(t *testing.T, name, doc string) {
	t.Helper()
	if len(doc) < 10 || !strings.HasSuffix(doc, ".") || doc[0] < 'A' || doc[0] > 'Z' {
		t.Errorf("%s has no sentence: %q", name, doc)
	}
}

// The same holds for the options of bind and server lines.
func TestOptionRows(t *testing.T) {
	names, docs := map[string]bool{}, map[string]bool{}
	check := func(kind, name, doc string) {
		sentence(t, kind+name, doc)
		if names[kind+name] {
			t.Errorf("%s%s is there twice", kind, name)
		}
		if docs[kind+doc] {
			t.Errorf("%s%s shares its sentence: %s", kind, name, doc)
		}
		names[kind+name], docs[kind+doc] = true, true
	}
	for _, o := range bindOptions {
		check("bind ", o.name, o.doc)
	}
	for _, o := range serverOptions {
		check("server ", o.name, o.doc)
	}
}

// A row never refuses what its notation allows, and has a notation when it takes
// arguments.
func TestArityOfRows(t *testing.T) {
	for _, table := range Rows() {
		for _, k := range table {
			if k.Group {
				continue
			}
			args, ok := strings.CutPrefix(k.Syntax, k.Name)
			switch least, most := arity(strings.TrimPrefix(args, " ")); {
			case k.Syntax == "" && k.Max != 0:
				t.Errorf("%s: no notation", k.Name)
			case k.Syntax == "":
			case !ok:
				t.Errorf("%s: notation %q", k.Name, k.Syntax)
			case k.Min > least, k.Max >= 0 && (most < 0 || k.Max < most), most > 0 && k.Max == 0:
				t.Errorf("%s: %d to %d words, its notation %q has %d to %d", k.Name, k.Min, k.Max, k.Syntax, least, most)
			}
		}
	}
}

// An option takes as many words as its notation has.
func TestArityOfOptions(t *testing.T) {
	for _, list := range [][]Option{BindOptions(), ServerOptions()} {
		for _, o := range list {
			args, ok := strings.CutPrefix(o.Syntax, o.Name)
			_, most := arity(strings.TrimPrefix(args, " "))
			switch {
			case o.Syntax == "" && o.Args != 0:
				t.Errorf("%s: no notation", o.Name)
			case o.Syntax != "" && (!ok || most < o.Args || most > o.Args && !o.Tail):
				t.Errorf("%s takes %d words, notation %q", o.Name, o.Args, o.Syntax)
			}
		}
	}
}
