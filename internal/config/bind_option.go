package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// bindOption is a row: a word of a bind or stats socket line (manual 5.1).
type bindOption struct {
	name   string
	args   int
	syntax string // with the arguments as the manual notes them, "" when the name says it all
	doc    string // a sentence
	since  string // see Keyword.Since
	stats  bool   // has a meaning on stats sockets only
	parse  func(p *Parser, b *Bind, args []string) error
}

// explain puts the option's name before an error of its.
func (o *bindOption) explain(err error) string {
	if _, whole := err.(errGone); whole {
		return err.Error()
	}
	if strings.HasPrefix(err.Error(), "only supports") {
		return "'" + o.name + "' " + err.Error()
	}
	return "'" + o.name + "' : " + err.Error()
}

func bindFlag(name, doc string, set func(*Bind)) bindOption {
	return bindOption{name: name, doc: doc, parse: func(_ *Parser, b *Bind, _ []string) error { set(b); return nil }}
}

func bindText(syntax, doc, missing string, field func(*Bind) *string) bindOption {
	name, _, _ := strings.Cut(syntax, " ")
	return bindOption{name: name, syntax: syntax, args: 1, doc: doc, parse: func(_ *Parser, b *Bind, a []string) error {
		if a[0] == "" {
			return errors.New(missing)
		}
		*field(b) = a[0]
		return nil
	}}
}

func bindInt(syntax, doc string, lo, hi int, bounds string, field func(*Bind) *int) bindOption {
	name, _, _ := strings.Cut(syntax, " ")
	return bindOption{name: name, syntax: syntax, args: 1, doc: doc, parse: func(_ *Parser, b *Bind, a []string) error {
		if a[0] == "" {
			return errors.New("missing value")
		}
		n, ok := parseInt(a[0], lo, hi)
		if !ok {
			return fmt.Errorf("invalid value %s, %s", clip(a[0]), bounds)
		}
		*field(b) = n
		return nil
	}}
}

func bindAccount(kind, doc string, field func(*Bind) *string) bindOption {
	return bindOption{name: kind, args: 1, syntax: kind + " <" + kind + ">", doc: doc, parse: func(p *Parser, b *Bind, a []string) error {
		switch {
		case a[0] == "":
			return errors.New("missing " + kind + " name")
		case !p.exists(kind, a[0]):
			return fmt.Errorf("unknown %s name '%s'", kind, clip(a[0]))
		}
		*field(b) = a[0]
		return nil
	}}
}

// bindOptions are the rows that work.
var bindOptions = slices.Concat([]bindOption{
	bindText("name <name>", "Names the listeners for statistics and the runtime API.", "missing name", func(b *Bind) *string { return &b.Name }),
	{name: "id", args: 1, syntax: "id <id>", doc: "Sets the number of the listener.", parse: func(_ *Parser, b *Bind, a []string) error {
		if a[0] == "" {
			return errors.New("expects an integer argument")
		}
		n, err := strconv.Atoi(a[0])
		if err != nil {
			return fmt.Errorf("expects an integer argument, found '%s'", clip(a[0]))
		}
		if n <= 0 || n > maxInt {
			return errors.New("custom id has to be > 0")
		}
		b.ID = n
		return nil
	}},
	bindInt("backlog <backlog>", "Sets the length of the accept queue.", 0, maxInt, "must be > 0", func(b *Bind) *int { return &b.Backlog }),
	bindInt("maxconn <maxconn>", "Sets the largest number of concurrent connections.", 0, maxInt, "must be >= 0", func(b *Bind) *int { return &b.Maxconn }),
	bindText("interface <interface>", "Restricts the listeners to a network interface.", "missing interface name", func(b *Bind) *string { return &b.Interface }),
	{name: "mss", args: 1, syntax: "mss <maxseg>", doc: "Sets the largest TCP segment, or lowers that of each connection.", parse: parseBindMSS},
	{name: "tos", args: 1, syntax: "tos <tos>", doc: "Sets the type of service of the packets to clients.", parse: parseBindTOS},
	{name: "tcp-ut", args: 1, syntax: "tcp-ut <delay>", doc: "Sets how long sent data may remain unacknowledged.", parse: parseBindUserTimeout},
	bindText("cc <algo>", "Sets the congestion control algorithm.", "missing TCP congestion control algorithm", func(b *Bind) *string { return &b.CC }),
	{name: "tcp-md5sig", args: 1, syntax: "tcp-md5sig <password>", doc: "Signs every segment with a password (RFC 2385).", parse: parseBindMD5},
	{name: "tcp-ss", args: 1, syntax: "tcp-ss <mode>", doc: "Keeps the packet with which each connection began.", parse: parseBindSaveSYN},
	bindText("namespace <name>", "Makes the sockets in a network namespace.", "missing namespace id", func(b *Bind) *string { return &b.Namespace }),
	bindFlag("accept-proxy", "Expects a PROXY protocol header on each connection.", func(b *Bind) { b.AcceptProxy = true }),
	{name: "accept-netscaler-cip", args: 1, syntax: "accept-netscaler-cip <magic number>", doc: "Expects a NetScaler client IP header on each connection.", parse: parseBindNetScaler},
	{name: "proto", args: 1, syntax: "proto <name>", doc: "Sets the protocol of the connections.", parse: parseBindProto},
	{name: "idle-ping", args: 1, syntax: "idle-ping <delay>", doc: "Sets how often idle HTTP/2 connections are probed.", parse: parseBindIdlePing},
	{name: "nbconn", args: 1, syntax: "nbconn <nbconn>", doc: "Sets how many connections reverse HTTP opens.", parse: parseBindNbconn},
	bindFlag("tfo", "Accepts data in the first TCP segment.", func(b *Bind) { b.TFO = true }),
	bindFlag("defer-accept", "Accepts connections only when data has come.", func(b *Bind) { b.DeferAccept = true }),
	bindFlag("transparent", "Accepts connections to addresses that are not local.", func(b *Bind) { b.Transparent = true }),
	bindFlag("v4v6", "Serves IPv4 on an IPv6 socket too.", func(b *Bind) { b.V4V6 = !b.V6Only }),
	bindFlag("v6only", "Serves IPv6 only on an IPv6 socket.", func(b *Bind) { b.V6Only, b.V4V6 = true, false }),
	{name: "mode", args: 1, syntax: "mode <mode>", doc: "Sets the permissions of a UNIX socket, in octal.", parse: func(_ *Parser, b *Bind, a []string) error {
		n, err := strconv.ParseUint(a[0], 8, 12)
		if err != nil {
			return fmt.Errorf("missing or invalid mode '%s' (octal integer expected)", clip(a[0]))
		}
		b.Mode = uint32(n)
		return nil
	}},
	bindAccount("user", "Sets the owner of a UNIX socket.", func(b *Bind) *string { return &b.User }),
	bindAccount("group", "Sets the group of a UNIX socket.", func(b *Bind) *string { return &b.Group }),
	bindInt("uid <uid>", "Sets the owner of a UNIX socket by number.", -1, maxInt, "must be >= 0", func(b *Bind) *int { return &b.UID }),
	bindInt("gid <gid>", "Sets the group of a UNIX socket by number.", -1, maxInt, "must be >= 0", func(b *Bind) *int { return &b.GID }),
	bindInt("nice <nice>", "Sets the priority of the connections' work.", -1024, 1024, "allowed range is -1024..1024", func(b *Bind) *int { return &b.Nice }),
	{name: "shards", args: 1, syntax: "shards { <number> | by-thread | by-group }", doc: "Sets the number of sockets of each address.", parse: parseBindShards},
	{name: "thread", args: 1, syntax: "thread [<thread-group>/]<thread-set>[,...]", doc: "Restricts the listeners to event loops.", parse: parseBindThread},
	bindText("label <label>", "Puts the sockets into a group of that name.", "missing label", func(b *Bind) *string { return &b.Label }),
	bindText("guid-prefix <string>", "Sets the beginning of the listeners' unique names.", "expects an argument", func(b *Bind) *string { return &b.GUIDPrefix }),
	{name: "level", args: 1, syntax: "level <level>", stats: true, doc: "Sets what the clients of a stats socket may do.", parse: func(_ *Parser, b *Bind, a []string) error {
		switch a[0] {
		case "":
			return errors.New("missing level")
		case "user", "operator", "admin":
			b.Level = a[0]
			return nil
		}
		return fmt.Errorf("only supports 'user', 'operator', and 'admin' (got '%s')", clip(a[0]))
	}},
	{name: "expose-fd", args: 1, syntax: "expose-fd listeners", stats: true, doc: "Lets clients of a stats socket take listeners over.", parse: func(_ *Parser, b *Bind, a []string) error {
		switch a[0] {
		case "":
			return errors.New("missing fd type")
		case "listeners":
			b.ExposeListeners = true
			return nil
		}
		return fmt.Errorf("only supports 'listeners' (got '%s')", clip(a[0]))
	}},
	{name: "severity-output", args: 1, syntax: "severity-output <format>", stats: true, doc: "Sets how a stats socket tells severities.", parse: func(_ *Parser, b *Bind, a []string) error {
		switch a[0] {
		case "":
			return errors.New("missing severity format")
		case "none", "number", "string":
			b.SeverityOutput = a[0]
			return nil
		}
		return fmt.Errorf("only supports 'none', 'number', and 'string' (got '%s')", clip(a[0]))
	}},
	{name: "process", args: 1, syntax: "process <set>", doc: "No longer exists.", parse: func(_ *Parser, b *Bind, a []string) error {
		return errGone("'process " + clip(a[0]) + "' on 'bind' lines is not supported anymore, please use 'thread' instead.")
	}},
}, unbuiltBindTLS)

// errGone is an error that is a whole message of its own.
type errGone string

func (e errGone) Error() string { return string(e) }
