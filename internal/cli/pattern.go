package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sluice-proxy/sluice/internal/cli/line"
	"github.com/sluice-proxy/sluice/internal/pattern"
)

// PatternTable returns the commands that show and change lists and maps (management
// guide 9.3). lists gives them when a command runs.
func PatternTable(lists func() *pattern.Registry) line.Table {
	var t line.Table
	for _, k := range []kind{{"acl", "ACL", false, lists}, {"map", "map", true, lists}} {
		row := func(verb, args, help string, run func(s *line.Session, args []string, payload []byte)) {
			t = append(t, line.Command{Words: []string{verb, k.word}, Args: strings.ReplaceAll(args, "%", k.word), Help: help, Level: line.LevelAdmin, Worker: true, Run: run})
		}
		if k.maps {
			row("add", "[@<ver>] <map> <key> <val>", "add a map entry (payload supported instead of key/val)", k.addMap)
			row("get", "<map> <value>", "report the keys and values matching a sample for a map", k.get)
			row("set", "<map> [<key>|#<ref>] <value>", "modify a map entry", k.set)
			row("show", "[@<ver>] [map]", "report available maps or dump a map's contents", k.show)
		} else {
			row("add", "[@<ver>] <acl> <pattern>", "add an acl entry", k.addACL)
			row("get", "<acl> <value>", "report the patterns matching a sample for an ACL", k.get)
			row("show", "[@<ver>] <acl>", "report available acls or dump an acl's contents", k.show)
		}
		row("clear", "[@<ver>] <%>", "clear the contents of this "+k.word, k.clear)
		row("commit", "@<ver> <%>", "commit the "+k.name+" at this version", k.commit)
		row("del", "<%> [<key>|#<ref>]", "delete "+k.word+" entries matching <key>", k.del)
		row("prepare", "<%>", "prepare a new version for atomic "+k.name+" replacement", k.prepare)
	}
	return t
}

// kind is the side from which commands look at lists: those of ACLs, or the maps.
type kind struct {
	word, name string
	maps       bool
	lists      func() *pattern.Registry
}

func (k kind) unknown() string {
	return "Unknown " + k.name + " identifier. Please use #<id> or <file>."
}

// mine tells whether the commands of this kind may name a list.
func (k kind) mine(r *pattern.Reference) bool { return k.maps && r.Map || !k.maps && r.ByACL }

// find gives the list of a name or "#" and a number; nil: there is none.
func (k kind) find(name string) *pattern.Reference {
	if digits, ok := strings.CutPrefix(name, "#"); ok {
		id, err := strconv.Atoi(digits)
		for _, r := range k.lists().All() {
			if err == nil && r.ID == id && k.mine(r) {
				return r
			}
		}
		return nil
	}
	if name == "" {
		return nil
	}
	if r := k.lists().Lookup(name); r != nil && k.mine(r) {
		return r
	}
	return nil
}

// require finds it, and reports when there is none.
func (k kind) require(s *line.Session, name string) *pattern.Reference {
	r := k.find(name)
	if r == nil {
		s.Err(k.unknown())
	}
	return r
}

// atVersion takes "@<ver>" from the front of the arguments. What is no number counts as 0,
// as in the reference.
func atVersion(args []string) (v int64, given bool, rest []string) {
	if len(args) == 0 || !strings.HasPrefix(args[0], "@") {
		return pattern.Current, false, args
	}
	n, _ := strconv.ParseUint(args[0][1:], 10, 32)
	return int64(n), true, args[1:]
}

// at is the i-th of the arguments, "" when there are fewer.
func at(args []string, i int) string {
	if i < len(args) {
		return args[i]
	}
	return ""
}

func (k kind) show(s *line.Session, args []string, _ []byte) {
	v, given, args := atVersion(args)
	if at(args, 0) == "" && !given {
		s.WriteString("# id (file) description\n")
		for _, r := range k.lists().All() {
			if k.mine(r) {
				cur, next, n := r.Figures()
				s.Printf("%d (%s) %s. curr_ver=%d next_ver=%d entry_cnt=%d\n", r.ID, r.Name, r.Description(), cur, next, n)
			}
		}
		return
	}
	r := k.require(s, at(args, 0))
	if r == nil {
		return
	}
	for _, e := range r.Entries(v) {
		switch {
		case e.Gone():
		case r.Map:
			s.Printf("0x%012x %s %s\n", e.ID(), e.Key(), e.Value())
		default:
			s.Printf("0x%012x %s\n", e.ID(), e.Key())
		}
	}
}

func (k kind) addACL(s *line.Session, args []string, payload []byte) {
	v, _, args := atVersion(args)
	name, key := at(args, 0), at(args, 1)
	if name == "" || key == "" {
		s.Err("'add acl' expects two parameters: ACL identifier and pattern.")
		return
	}
	r := k.require(s, name)
	switch {
	case r == nil:
	case r.Map:
		s.Err("This ACL is shared with a map containing samples. You must use the command 'add map' to add values.")
	default:
		k.added(s, r.Add(v, key, ""))
	}
}

func (k kind) addMap(s *line.Session, args []string, payload []byte) {
	v, _, args := atVersion(args)
	name, key, value := at(args, 0), at(args, 1), at(args, 2)
	if name == "" || payload == nil && (key == "" || value == "") {
		s.Err("'add map' expects three parameters (map identifier, key and value) or one parameter (map identifier) and a payload")
		return
	}
	r := k.require(s, name)
	if r == nil {
		return
	}
	if payload == nil {
		k.added(s, r.Add(v, key, value))
		return
	}
	for l := range strings.Lines(string(payload)) {
		key, value, any := payloadLine(l)
		switch {
		case !any:
			continue
		case value == "":
			s.Err("Missing value for key '" + key + "'.")
			return
		}
		if err := r.Add(v, key, value); err != nil {
			k.added(s, err)
			return
		}
	}
}

// payloadLine takes a line of a payload apart: the first word is the key, the rest
// the value.
func payloadLine(l string) (key, value string, any bool) {
	if l = strings.Trim(l, " \t\r\n"); l == "" {
		return "", "", false
	}
	key = l
	if i := strings.IndexAny(l, " \t"); i >= 0 {
		key, value = l[:i], strings.TrimLeft(l[i:], " \t")
	}
	return key, value, true
}

// added reports why an entry was not added.
func (k kind) added(s *line.Session, err error) {
	switch {
	case err == nil:
	case errors.Is(err, pattern.ErrFuture):
		s.Err(fmt.Sprintf("Version number in the future, please use 'prepare %s' before.", k.word))
	default:
		s.Err(strings.TrimSuffix(err.Error(), ".") + ".")
	}
}

func (k kind) del(s *line.Session, args []string, _ []byte) {
	name, key := at(args, 0), at(args, 1)
	if name == "" || key == "" {
		s.Err("This command expects two parameters: " + k.name + " identifier and key.")
		return
	}
	r := k.require(s, name)
	if r == nil {
		return
	}
	if id, is := reference(key); !is {
		_ = r.Delete(key) // what is not there is no fault
	} else if err := r.DeleteID(id); err != nil {
		s.Err(err.Error())
	}
}

// reference reads "#0x12", which names an entry; what is no number names none.
func reference(key string) (id uint64, is bool) {
	digits, is := strings.CutPrefix(key, "#")
	if !is {
		return 0, false
	}
	id, _ = strconv.ParseUint(strings.TrimPrefix(digits, "0x"), 16, 64)
	return id, true
}

func (k kind) set(s *line.Session, args []string, _ []byte) {
	name, key, value := at(args, 0), at(args, 1), at(args, 2)
	if name == "" || key == "" || value == "" {
		s.Err("'set map' expects three parameters: map identifier, key and value.")
		return
	}
	r := k.require(s, name)
	if r == nil {
		return
	}
	err := error(nil)
	if id, is := reference(key); is {
		err = r.ChangeID(id, value)
	} else {
		err = r.Change(key, value)
	}
	if err != nil {
		s.Err(strings.TrimSuffix(err.Error(), ".") + ".")
	}
}

func (k kind) clear(s *line.Session, args []string, _ []byte) {
	v, _, args := atVersion(args)
	if at(args, 0) == "" {
		s.Err("Missing " + k.name + " identifier.")
		return
	}
	if r := k.require(s, args[0]); r != nil {
		r.Clear(v)
	}
}

func (k kind) prepare(s *line.Session, args []string, _ []byte) {
	if r := k.require(s, at(args, 0)); r != nil {
		s.Info(fmt.Sprintf("New version created: %d", r.Prepare()))
	}
}

func (k kind) commit(s *line.Session, args []string, _ []byte) {
	v, given, args := atVersion(args)
	if !given {
		s.Err("Missing version number.")
		return
	}
	if r := k.require(s, at(args, 0)); r != nil {
		if err := r.Commit(uint32(v)); err != nil {
			s.Err(err.Error())
		}
	}
}

// get looks a value up in every way in which the configuration does.
func (k kind) get(s *line.Session, args []string, _ []byte) {
	name, value := at(args, 0), at(args, 1)
	if name == "" || value == "" {
		s.Err("Missing " + k.name + " identifier and/or key.")
		return
	}
	r := k.require(s, name)
	if r == nil {
		return
	}
	found, key := "match", "pattern"
	if k.maps {
		found, key = "found", "key"
	}
	for _, v := range r.Views() {
		e, tree := v.Find(value)
		fold, kindOf := "sensitive", "list"
		if v.Fold {
			fold = "insensitive"
		}
		if tree {
			kindOf = "tree"
		}
		s.Printf("type=%s, case=%s, %s=", v.Method, fold, found)
		if e == nil {
			s.WriteString("no\n")
			continue
		}
		s.Printf("yes, idx=%s, %s=\"%s\"", kindOf, key, e.Key())
		if k.maps {
			if v.Out == pattern.NoValue {
				s.WriteString(", value=none")
			} else {
				s.Printf(", value=\"%s\", type=\"%s\"", e.Value(), valueType(v, e))
			}
		}
		s.WriteString("\n")
	}
}

func valueType(v *pattern.View, e *pattern.Entry) string {
	switch v.Out {
	case pattern.Integer:
		return "sint"
	case pattern.Address:
		if a, ok := pattern.ParseAddress(e.Value()); ok && !a.Is4() {
			return "ipv6"
		}
		return "ipv4"
	}
	return "str"
}
