package config

import "strconv"

// UnixBind is "unix-bind": what UNIX sockets of bind and stats socket lines
// have unless their lines say otherwise (manual 3.1).
type UnixBind struct {
	Prefix      string
	Mode        uint32 // 0: not set
	User, Group string // names still to be looked up
	UID, GID    int    // -1: not set
}

var unixBindRows = Table{
	{Name: "unix-bind", In: InGlobal, Max: -1, Syntax: "unix-bind [ prefix <prefix> ] [ mode <mode> ] [ user <user> ] [ uid <uid> ] [ group <group> ] [ gid <gid> ]",
		Doc: "Sets a prefix, the owner and the permissions of UNIX sockets.", Parse: parseUnixBind},
}

func parseUnixBind(p *Parser, l *Line) {
	u := &p.spec.Global.UnixBind
	for i := 1; i < len(l.Words); i += 2 {
		name, v := l.Words[i], l.Arg(i+1)
		ok := v != ""
		n := 0
		switch name {
		case "prefix":
			u.Prefix = v
		case "mode":
			m, err := strconv.ParseUint(v, 8, 32)
			if ok = err == nil && m <= 0o7777; ok {
				u.Mode = uint32(m)
			}
		case "user":
			u.User, u.UID = v, -1
		case "group":
			u.Group, u.GID = v, -1
		case "uid":
			if n, ok = parseInt(v, 0, 1<<32-2); ok {
				u.UID, u.User = n, ""
			}
		case "gid":
			if n, ok = parseInt(v, 0, 1<<32-2); ok {
				u.GID, u.Group = n, ""
			}
		default:
			p.Alert(l.Pos, "'unix-bind' only supports the 'prefix', 'mode', 'uid', 'gid', 'user' and 'group' options.")
			return
		}
		if !ok {
			p.Alert(l.Pos, "'unix-bind' : '%s' : missing or invalid value '%s'.", name, clip(v))
			return
		}
	}
}

// Fill gives a UNIX listener what its own line leaves open.
func (u *UnixBind) Fill(b *Bind) {
	if b.Mode == 0 {
		b.Mode = u.Mode
	}
	if b.User == "" && b.UID < 0 {
		b.User, b.UID = u.User, u.UID
	}
	if b.Group == "" && b.GID < 0 {
		b.Group, b.GID = u.Group, u.GID
	}
}

func (t *textWriter) unixBind(u *UnixBind) {
	w := []string{"unix-bind"}
	add := func(name, v string) {
		if v != "" {
			w = append(w, name, v)
		}
	}
	add("prefix", u.Prefix)
	if u.Mode != 0 {
		add("mode", strconv.FormatUint(uint64(u.Mode), 8))
	}
	add("user", u.User)
	add("group", u.Group)
	if u.UID >= 0 {
		add("uid", itoa(u.UID))
	}
	if u.GID >= 0 {
		add("gid", itoa(u.GID))
	}
	if len(w) > 1 {
		t.line(w...)
	}
}
